import BetterSqlite3 from 'better-sqlite3'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import {
  draftName,
  findBackup,
  listBackups,
  removeDrafts,
} from '../../src/migration/backup/backup-folders.js'
import { checkBackup } from '../../src/migration/backup/check-backup.js'
import { writeDurably } from '../../src/migration/backup/durable-files.js'
import { neededBytes, requireCount, requireRoom } from '../../src/migration/backup/make-backup.js'
import type { Manifest } from '../../src/migration/backup/manifest.js'
import { hashTable } from '../../src/migration/backup/row-hash.js'
import { readTables } from '../../src/migration/backup/table-lines.js'
import { JobStopped } from '../../src/migration/run.js'
import { defaultSettings } from '../../src/migration/settings.js'
import { readDatabaseId } from '../../src/migration/state.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { hasFileLimits, limitFiles } from '../file-limits.js'
import { temporaryFolder } from '../helper.js'
import { adoptedFile, runHere, sqlConsole } from '../to-v2/migrated.js'
import { schemaOf } from '../to-v2/v1-file.js'
import { kindOf, phase } from './engine.js'

const dirOf = (path: string) => join(dirname(path), 'backups')

const idOf = (path: string) => {
  const db = openReaderHandle(path)
  const id = readDatabaseId(db)
  db.close()
  return id
}

async function backedUp(t: Test, instances = 60) {
  const path = await adoptedFile(t, instances)
  const job = await runHere(path, 'backup')
  if (job.state !== 'succeeded') throw new Error(job.error?.detail)
  const folder = join(dirOf(path), job.id)
  const found = findBackup(dirOf(path), idOf(path), job.id)
  if (found?.manifest == null) throw new Error(found?.problem ?? 'no backup')
  return { path, job, folder, manifest: found.manifest }
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )

t.test('a backup', async (t) => {
  const { path, job, folder, manifest } = await backedUp(t)

  t.test('has every file that its manifest names, and no other', async (t) => {
    for (const { file, bytes, sha256: sum } of manifest.files) {
      t.equal(statSync(join(folder, file)).size, bytes, file)
      t.equal(sha256(join(folder, file)), sum, file)
    }
    t.strictSame(
      filesBelow(folder).sort(),
      [...manifest.files.map(({ file }) => file), 'manifest.json'].sort(),
    )
  })
  t.test('holds every row of every table', async (t) => {
    const db = openReaderHandle(path)
    const tables = readTables(db).filter(
      ({ name }) => !/^(audit_log|migration_(jobs|events|lease))$/.test(name),
    )
    t.ok(tables.length > 10)
    for (const table of tables) {
      const expected = await hashTable(db, table, async () => undefined)
      t.match(
        manifest.tables.find((one) => one.table === table.name),
        expected,
        table.name,
      )
    }
    db.close()
  })
  t.test('has the schema as SQL that makes the same one', async (t) => {
    const empty = new BetterSqlite3(':memory:')
    empty.exec(readFileSync(join(folder, 'schema.sql'), 'utf8'))
    const db = openReaderHandle(path)
    const own = (handle: typeof db) =>
      schemaOf(handle).filter((row) => !(row as { name: string }).name.startsWith('sqlite_'))
    t.strictSame(own(empty), own(db))
    db.close()
  })
  t.test('says what it is of, and is told of in the report', async (t) => {
    t.match(manifest, { id: job.id, job: 'backup', stage: 'v1', format: 1 })
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    t.equal(manifest.applicationVersion, version)
    t.match(job.report?.backup, { id: job.id, bytes: manifest.bytes, rows: manifest.rows, removed: [] })
    t.match(job.progress, { percent: 100 })
  })
  t.test('is found to be whole', async (t) => {
    t.same(await checkBackup(folder, manifest), [])
  })
  t.test('is a file that can be opened as it is', async (t) => {
    const db = openReaderHandle(join(folder, 'database.db'))
    t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
    t.equal(db.pragma('journal_mode', { simple: true }), 'delete')
    db.close()
  })
})

t.test('a backup is refused as damaged when', async (t) => {
  const whole = await backedUp(t)
  const damaged = async (damage: (folder: string, manifest: Manifest) => void) => {
    const folder = `${whole.folder}-damaged`
    rmSync(folder, { recursive: true, force: true })
    cpSync(whole.folder, folder, { recursive: true })
    const manifest = structuredClone(whole.manifest)
    damage(folder, manifest)
    return checkBackup(folder, manifest)
  }
  const database = (folder: string) => join(folder, 'database.db')
  const damages: [string, (folder: string, manifest: Manifest) => void, RegExp][] = [
    [
      'its database is cut off',
      (folder) => truncateSync(database(folder), 8192),
      /database.db has 8192 bytes/,
    ],
    [
      'one byte of its database is another',
      (folder) => {
        const bytes = readFileSync(database(folder))
        bytes.writeUInt8(bytes.readUInt8(9_000) ^ 1, 9_000)
        writeFileSync(database(folder), bytes)
      },
      /database.db was altered/,
    ],
    [
      'something was added to a CSV',
      (folder) => appendFileSync(join(folder, 'csv/suppliers.csv'), 'x'),
      /suppliers.csv has/,
    ],
    ['a file is missing', (folder) => rmSync(join(folder, 'schema.sql')), /schema.sql is missing/],
    [
      'its manifest names no database',
      (_, manifest) => void (manifest.files = manifest.files.filter(({ file }) => file !== 'database.db')),
      /database.db is not in it/,
    ],
    [
      'its manifest has another hash of rows',
      (_, manifest) => manifest.tables.forEach((table) => (table.rowHash = table.rowHash.replace(/^./, 'x'))),
      /the rows of suppliers are others/,
    ],
    [
      'its manifest lacks a table',
      (_, manifest) => void (manifest.tables = manifest.tables.filter(({ table }) => table !== 'projects')),
      /the manifest lacks the table projects/,
    ],
    [
      'its manifest has a table that the file does not have',
      (_, manifest) =>
        void manifest.tables.push({ table: 'none', rows: 0, rowHash: '', file: 'csv/none.csv' }),
      /the rows of none are others/,
    ],
  ]
  for (const [title, damage, said] of damages)
    t.test(title, async (t) => {
      t.match((await damaged(damage)).join('; '), said)
    })
})

t.test('a backup is not made', async (t) => {
  t.test('of a database that SQLite finds damaged', async (t) => {
    const path = await adoptedFile(t, 60)
    const db = sqlConsole(path)
    db.unsafeMode()
    db.exec('CREATE TABLE odd (v); INSERT INTO odd VALUES (NULL)')
    db.pragma('writable_schema = ON')
    db.exec(`UPDATE sqlite_master SET sql = 'CREATE TABLE odd (v NOT NULL)' WHERE name = 'odd'`)
    db.close()
    t.match(await runHere(path, 'backup'), {
      state: 'failed',
      error: { code: 'backup-damaged', detail: /NULL value in odd.v/ },
    })
    t.same(readdirSync(dirOf(path)), [])
  })
  t.test('of a table of which not every row was read', async (t) => {
    t.throws(() => requireCount({ name: 'tasks' }, 1, 2), {
      message: /tasks has 2 rows by count, and 1 were read/,
    })
    t.doesNotThrow(() => requireCount({ name: 'tasks' }, 2, 2))
  })
  t.test('of a file that could not be written to its end', async (t) => {
    function* parts() {
      yield 'one'
      throw new Error('no more')
    }
    t.throws(() => writeDurably(join(temporaryFolder(t), 'file'), parts()), { message: 'no more' })
  })
})

t.test('a folder in BACKUP_DIR is of no use when', async (t) => {
  const { path, job, folder } = await backedUp(t)
  const look = () => findBackup(dirOf(path), idOf(path), job.id)?.problem
  const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8')
  const put = (text: string) => writeFileSync(join(folder, 'manifest.json'), text)
  const change = (changes: object) => put(JSON.stringify({ ...(JSON.parse(manifest) as object), ...changes }))

  t.equal(look(), null)
  t.test('it is of another database', async (t) => {
    t.equal(findBackup(dirOf(path), 'other', job.id)?.problem, 'it is a backup of another database')
    const other = await adoptedFile(t, 5)
    t.match(idOf(path), /^[0-9a-f]{32}$/)
    t.not(idOf(other), idOf(path), 'each adopted file is a database of its own')
  })
  t.test('it was renamed', async (t) => {
    change({ id: '00000000-0000-0000-0000-000000000000' })
    t.match(look(), /says that it is the backup 0000/)
  })
  t.test('its manifest is cut off, or no object, or lacks something, or leads elsewhere', async (t) => {
    put(manifest.slice(0, 100))
    t.match(look(), /JSON/)
    put('7')
    t.match(look(), /no object/)
    change({ bytes: 'many' })
    t.match(look(), /bytes/)
    change({ files: [{ file: '../app.db', bytes: 1, sha256: '' }] })
    t.match(look(), /files/)
    rmSync(join(folder, 'manifest.json'))
    t.match(look(), /no such file/)
  })
  t.test('and others of no such name are passed over', async (t) => {
    mkdirSync(join(dirOf(path), 'notes'))
    t.equal(listBackups(dirOf(path), idOf(path)).length, 1)
    t.equal(findBackup(dirOf(path), idOf(path), '../backups'), undefined)
    t.same(listBackups(join(dirOf(path), 'nowhere'), 'x'), [])
  })
})

t.test('a backup that does not come to its end', async (t) => {
  t.test(
    'leaves nothing behind when it is stopped, and is made anew by the next run of the job',
    async (t) => {
      const path = await adoptedFile(t, 60)
      const kinds = jobKinds.map((kind) =>
        kind.name !== 'backup'
          ? kind
          : {
              ...kind,
              phases: (options: object) =>
                kind.phases({ ...options }).map((one) => ({
                  ...one,
                  run: (run: Parameters<typeof one.run>[0]) =>
                    one.run({
                      ...run,
                      rest: async () => {
                        throw new JobStopped('interrupted')
                      },
                    }),
                })),
            },
      )
      const { id, state } = await runHere(path, 'backup', {}, { kinds })
      t.equal(state, 'interrupted')
      t.same(readdirSync(dirOf(path)), [])
      t.equal((await runHere(path, 'backup', {}, { jobId: id })).state, 'succeeded')
      t.same(readdirSync(dirOf(path)), [id])
    },
  )
  t.test('and whose process was killed is removed, and that of another database is not', async (t) => {
    const path = await adoptedFile(t, 60)
    const databaseId = idOf(path)
    const draft = (id: string, fence: number) =>
      join(dirOf(path), draftName({ databaseId: id, fence }, 'some-job'))
    const [old, mine, newer, others] = [
      draft(databaseId, 9),
      draft(databaseId, 10),
      draft(databaseId, 11),
      draft('other', 9),
    ]
    for (const folder of [old, mine, newer, others]) mkdirSync(join(folder, 'csv'), { recursive: true })
    removeDrafts(dirOf(path), { databaseId, fence: 10 })
    t.same([old, mine, newer, others].map(existsSync), [false, true, true, true])
    removeDrafts(join(dirOf(path), 'nowhere'), { databaseId: 'x', fence: 1 })
  })
  t.test('is given as it is to a job that has made it already', async (t) => {
    const path = await adoptedFile(t, 60)
    const [backup] = jobKinds.filter(({ name }) => name === 'backup').flatMap((kind) => kind.phases({}))
    if (backup === undefined) throw new Error('no phase')
    let made: string[] = []
    const twice = kindOf([
      phase('backup', async (run) => {
        await backup.run(run)
        made = filesBelow(dirOf(path)).map((file) => `${file} ${statSync(join(dirOf(path), file)).ino}`)
        await backup.run(run)
      }),
    ])
    t.equal((await runHere(path, 'trial', {}, { kinds: [twice] })).state, 'succeeded')
    t.same(
      filesBelow(dirOf(path)).map((file) => `${file} ${statSync(join(dirOf(path), file)).ino}`),
      made,
    )
  })
})

// The test runner's own handler would end the process for a write beyond its limit.
process.on('SIGXFSZ', () => undefined)

t.test('a backup for which there is no room', async (t) => {
  t.test('is refused with the figures before anything is written', async (t) => {
    const path = await adoptedFile(t, 60)
    const db = openReaderHandle(path)
    const needed = neededBytes(db)
    db.close()
    t.ok(needed >= statSync(path).size, 'as much as the file, and its rows as text')
    t.throws(() => requireRoom(dirOf(path), 1_000, 999), {
      message: /^disk-short: .* about 1000 bytes in .*backups, of which 999 are free/,
    })
    t.throws(() => requireRoom(join(dirOf(path), 'not', 'yet', 'there'), Infinity), {
      message: /^disk-short/,
    })
    t.doesNotThrow(() => requireRoom(dirOf(path), needed))
  })
  for (const [title, share] of [
    ['the copy', 0.5],
    ['a CSV', 1.1],
  ] as const)
    t.test(
      `after all for ${title} fails, cleans up after itself, and is made once there is`,
      { skip: !hasFileLimits() && 'this machine has no prlimit' },
      async (t) => {
        const path = await adoptedFile(t, 60)
        const db = sqlConsole(path)
        // As base64 a BLOB is larger than in the file.
        db.exec(
          `CREATE TABLE bulky (id INTEGER PRIMARY KEY, v BLOB); INSERT INTO bulky VALUES (1, randomblob(4000000))`,
        )
        db.pragma('wal_checkpoint(TRUNCATE)')
        db.close()
        limitFiles(process.pid, Math.round(statSync(path).size * share))
        try {
          const { state, error } = await runHere(path, 'backup')
          t.match(
            { state, error },
            { state: 'failed', error: { code: 'disk-full', detail: /no space left in .*backups/ } },
          )
          t.same(readdirSync(dirOf(path)), [])
        } finally {
          limitFiles(process.pid, 'unlimited')
        }
        t.equal((await runHere(path, 'backup')).state, 'succeeded')
      },
    )
  t.test('is what a dry run looks for, which makes none', async (t) => {
    const path = await adoptedFile(t, 60)
    t.match(await runHere(path, 'migrate', { dryRun: true, backup: true }), {
      state: 'succeeded',
      report: { backup: null },
    })
    t.notOk(existsSync(dirOf(path)))
  })
})

t.test('backups that were kept long enough', async (t) => {
  t.test('go with the next one, and the report names them', async (t) => {
    const { path, job, folder } = await backedUp(t)
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
    writeFileSync(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, createdAt: '2020-01-01T00:00:00.000Z' }),
    )
    const settings = { ...defaultSettings(path), backups: { dir: dirOf(path), keepLast: 1, keepDays: 30 } }
    const next = await runHere(path, 'backup', {}, { settings })
    t.match(next.report?.backup, { removed: [job.id] })
    t.same(readdirSync(dirOf(path)), [next.id])
  })
})
