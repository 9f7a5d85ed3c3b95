import BetterSqlite3 from 'better-sqlite3'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { diskIssues } from '../../src/v1/to-v2/assess/file-facts.js'
import { targetsOf } from '../../src/v1/to-v2/assess/triggers.js'
import { assessed, generatedFile, ofFile, redeclare, shown, tampered } from './assessed.js'
import { adopt, contentsOf, runHere, sqlConsole } from './migrated.js'

interface Finding {
  code: string
  subcase?: string
  severity: string
  table: string
  column?: string
  samples?: unknown[]
  count?: number
}

/** What is done to a generated file, and the one thing that the assessment has to say of the file then. */
interface Case {
  tamper: (handle: Handle) => void
  finding?: Finding
  /** Also a finding about rows, which the case cannot do without. */
  besides?: string[]
  /** It is refused, and for this reason no row has been looked at. */
  hidesRows?: true
}

const column = (table: string, name: string, declaration: string) => (handle: Handle) =>
  redeclare(handle, table, (sql) =>
    sql.replace(new RegExp(`"${name}" [A-Z]+[^,\n]*`), `"${name}" ${declaration}`),
  )

const blocking = (code: string, table: string, more: Partial<Finding> = {}): Finding => ({
  ...more,
  code,
  severity: 'blocking',
  table,
})
const noted = (code: string, table: string, more: Partial<Finding> = {}): Finding => ({
  ...more,
  code,
  severity: 'noted',
  table,
})

const ofType = (table: string, name: string): Finding =>
  blocking('column-type', table, { column: name, samples: [name] })

const columns: Record<string, Case> = {
  'a column of a legacy table is missing': {
    tamper: (handle) => handle.exec('ALTER TABLE task_instances_old DROP COLUMN notes'),
    finding: blocking('missing-column', 'task_instances_old', { subcase: 'required', column: 'notes' }),
    hidesRows: true,
  },
  'a column of the operator’s own is empty': {
    tamper: (handle) => handle.exec('ALTER TABLE tasks ADD COLUMN cost REAL'),
    finding: noted('extra-column', 'tasks', { subcase: 'empty', column: 'cost', samples: ['cost'] }),
  },
  'a column of the operator’s own has values': {
    tamper: (handle) =>
      handle.exec(
        `ALTER TABLE projects ADD COLUMN plant TEXT; UPDATE projects SET plant = 'Graz' WHERE name <> 'Platform A'`,
      ),
    finding: noted('extra-column', 'projects', { subcase: 'values', column: 'plant', count: 2 }),
  },
  'a column of the operator’s own has a default': {
    tamper: (handle) => handle.exec(`ALTER TABLE tasks ADD COLUMN cost REAL NOT NULL DEFAULT 0`),
    finding: noted('extra-column', 'tasks', { subcase: 'values', column: 'cost' }),
  },
  'a column of the operator’s own is required': {
    tamper: (handle) => {
      redeclare(handle, 'tasks', (sql) =>
        sql.replace('"sequence"', '"cost" REAL NOT NULL DEFAULT 1, "sequence"'),
      )
      redeclare(handle, 'tasks', (sql) =>
        sql.replace('NOT NULL DEFAULT 1, "sequence"', 'NOT NULL, "sequence"'),
      )
    },
    finding: blocking('extra-column', 'tasks', { subcase: 'required', column: 'cost' }),
  },
  'a column of the operator’s own is generated': {
    tamper: (handle) => handle.exec('ALTER TABLE tasks ADD COLUMN loud TEXT AS (upper(name))'),
    finding: noted('extra-column', 'tasks', { subcase: 'generated', column: 'loud' }),
  },
  'a column of v1’s is generated': {
    tamper: column('tasks', 'description', `TEXT AS ('Task ' || name)`),
    finding: blocking('generated-column', 'tasks', { column: 'description' }),
  },
  'a date is declared as text, which makes texts of numbers': {
    tamper: column('project_milestone_tasks', 'dueDate', 'TEXT NOT NULL'),
    finding: ofType('project_milestone_tasks', 'dueDate'),
    besides: ['bad-date'],
  },
  'a name is declared as a number, which makes numbers of codes': {
    tamper: column('milestones', 'code', 'INTEGER NOT NULL'),
    finding: ofType('milestones', 'code'),
  },
  'a flag is declared as text': {
    tamper: column('tasks', 'isRequired', 'TEXT NOT NULL DEFAULT 1'),
    finding: ofType('tasks', 'isRequired'),
  },
  'a date is declared as a real number': {
    tamper: column('tasks', 'updatedAt', 'DOUBLE NOT NULL'),
    finding: ofType('tasks', 'updatedAt'),
    besides: ['bad-date'],
  },
  'a sequence is declared as a real number': {
    tamper: column('tasks', 'sequence', 'FLOAT NOT NULL'),
    finding: ofType('tasks', 'sequence'),
    besides: ['wrong-type'],
  },
  'a column takes no NULL, where v1’s does': {
    tamper: (handle) => {
      handle.exec(`UPDATE tasks SET description = ''`)
      column('tasks', 'description', `TEXT NOT NULL DEFAULT ''`)(handle)
    },
    finding: blocking('column-not-null', 'tasks', { column: 'description' }),
  },
  'columns are declared as other types that keep their values': {
    tamper: (handle) => {
      column('tasks', 'name', 'VARCHAR(200) NOT NULL')(handle)
      column('tasks', 'updatedAt', 'INTEGER NOT NULL')(handle)
      column('tasks', 'sequence', 'NUMERIC NOT NULL')(handle)
      column('tasks', 'description', '')(handle)
    },
  },
}

const tables: Record<string, Case> = {
  'only some of the legacy tables are there': {
    tamper: (handle) => handle.exec('DROP TABLE task_templates_old'),
    finding: blocking('missing-table', 'task_templates_old', { subcase: 'required' }),
    besides: ['unwritable-table'],
    hidesRows: true,
  },
  'a text does not differ by case': {
    tamper: column('tasks', 'name', 'TEXT NOT NULL COLLATE NOCASE'),
    finding: blocking('collation', 'tasks', { subcase: 'active', samples: ['NOCASE'] }),
  },
  'a text of a shared table does not differ by case': {
    tamper: column('suppliers', 'name', 'TEXT NOT NULL COLLATE "NOCASE"'),
    finding: noted('collation', 'suppliers', { subcase: 'shared' }),
  },
  'a table has no row ids': {
    tamper: (handle) =>
      redeclare(handle, 'supplier_task_instances', (sql) => sql.replace(/\)$/, ') WITHOUT ROWID')),
    finding: blocking('without-rowid', 'supplier_task_instances'),
  },
  'a table is strict': {
    tamper: (handle) =>
      redeclare(handle, 'tasks', (sql) =>
        sql.replace(/\)$/, ') STRICT').replaceAll(/DATETIME|BOOLEAN/g, 'ANY'),
      ),
  },
  'an id is no key': {
    tamper: (handle) => redeclare(handle, 'tasks', (sql) => sql.replace(' PRIMARY KEY', '')),
    finding: blocking('key-missing', 'tasks', { subcase: 'id', column: 'id' }),
    besides: ['unwritable-table'],
    hidesRows: true,
  },
  'a unique index is missing': {
    tamper: (handle) => handle.exec('DROP INDEX tasks_milestoneId_name_key'),
    finding: blocking('key-missing', 'tasks', { subcase: 'unique', column: 'milestoneId, name' }),
  },
  'a unique index of a shared table is missing': {
    tamper: (handle) => handle.exec('DROP INDEX suppliers_name_key'),
  },
  'a unique index is for some rows only': {
    tamper: (handle) =>
      handle.exec(`DROP INDEX tasks_milestoneId_name_key;
        CREATE UNIQUE INDEX tasks_some_key ON tasks (milestoneId, name) WHERE isRequired = 1`),
    finding: blocking('key-missing', 'tasks', { subcase: 'unique' }),
    besides: ['constraint'],
  },
  'a table has a CHECK': {
    tamper: (handle) =>
      redeclare(handle, 'tasks', (sql) =>
        sql.replace('"sequence" INTEGER', '"sequence" INTEGER CHECK (sequence > 0)'),
      ),
    finding: noted('constraint', 'tasks', { subcase: 'check' }),
  },
  'a word in a text only looks like a CHECK': {
    tamper: column('tasks', 'description', `TEXT DEFAULT 'CHECK (it) COLLATE NOCASE' /* CHECK (this) */`),
  },
  'a table has one more unique index': {
    tamper: (handle) => handle.exec('CREATE UNIQUE INDEX tasks_mine ON tasks (name, id)'),
    finding: noted('constraint', 'tasks', { subcase: 'unique', samples: ['tasks_mine'] }),
  },
  'a reference is not declared': {
    tamper: (handle) => redeclare(handle, 'tasks', (sql) => sql.replace(/,\s*CONSTRAINT[^\n]*/, '')),
    finding: noted('foreign-key', 'tasks', { subcase: 'differs', column: 'milestoneId' }),
  },
  'a reference is set to NULL with its parent': {
    tamper: (handle) =>
      redeclare(handle, 'tasks', (sql) => sql.replace('ON DELETE CASCADE', 'ON DELETE SET NULL')),
    finding: noted('foreign-key', 'tasks', { subcase: 'differs', column: 'milestoneId' }),
  },
  'a reference of the operator’s own is violated': {
    tamper: (handle) =>
      handle.exec(`CREATE TABLE offices (id TEXT PRIMARY KEY NOT NULL, parent TEXT REFERENCES offices (id));
        INSERT INTO offices VALUES ('o1', NULL), ('o2', 'o9'), ('o3', 'o8')`),
    finding: noted('foreign-key', 'offices', { subcase: 'violated', column: 'parent', count: 2 }),
    besides: ['unknown-table'],
  },
  'a table refers to one that is not there': {
    tamper: (handle) => handle.exec('ALTER TABLE tasks ADD COLUMN officeId TEXT REFERENCES offices (id)'),
    finding: blocking('unwritable-table', 'tasks', {
      samples: ['SQLITE_ERROR: no such table: main.offices'],
    }),
    besides: ['extra-column', 'unwritable-table'],
    hidesRows: true,
  },
}

const trigger = (table: string, body: string) => (handle: Handle) =>
  handle.exec(
    `CREATE TABLE audit (what TEXT); CREATE TRIGGER mine AFTER UPDATE ON ${table} BEGIN ${body}; END`,
  )

const ofTrigger = (subcase: string, severity: 'blocking' | 'noted'): Finding => ({
  code: 'trigger',
  subcase,
  severity,
  table: 'tasks',
  samples: ['mine'],
})

const objects: Record<string, Case> = {
  'has a table of the operator’s own': {
    tamper: (handle) => handle.exec(`CREATE TABLE "my notes" (a); INSERT INTO "my notes" VALUES (1)`),
    finding: noted('unknown-table', 'my notes'),
  },
  'has a virtual table': {
    tamper: (handle) => handle.exec('CREATE VIRTUAL TABLE found USING fts5(name)'),
    finding: noted('unknown-table', 'found'),
    besides: ['unknown-table'],
  },
  'has Prisma’s own table': {
    tamper: (handle) => handle.exec('CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL)'),
  },
  'has a view': {
    tamper: (handle) =>
      handle.exec('CREATE VIEW late AS SELECT * FROM supplier_task_instances WHERE dueDate < 1'),
    finding: noted('view', 'late'),
  },
  'has a table under a name that v2 needs': {
    tamper: (handle) => handle.exec('CREATE TABLE v2_tasks (a)'),
    finding: blocking('name-taken', 'v2_tasks'),
  },
  'has an index under a name that v2 needs': {
    tamper: (handle) => handle.exec('CREATE INDEX v2_tasks_name_key ON tasks (name)'),
    finding: blocking('name-taken', 'v2_tasks_name_key'),
  },
  'has a view under a name that v2 needs': {
    tamper: (handle) => handle.exec('CREATE VIEW up_tasks AS SELECT 1'),
    finding: blocking('name-taken', 'up_tasks'),
  },
  'has a trigger that would go with v2’s': {
    tamper: (handle) =>
      handle.exec(
        'CREATE TABLE audit (a); CREATE TRIGGER up_tasks_insert AFTER INSERT ON audit BEGIN SELECT 1; END',
      ),
    finding: blocking('name-taken', 'up_tasks_insert'),
    besides: ['unknown-table'],
  },
  'has a table with a name that only begins like the sync’s': {
    tamper: (handle) => handle.exec('CREATE TABLE up_time (a)'),
    finding: noted('unknown-table', 'up_time'),
  },
  'has a trigger that keeps a log': {
    tamper: trigger('tasks', `INSERT INTO audit VALUES ('UPDATE tasks SET x; DELETE FROM tasks')`),
    finding: ofTrigger('other', 'noted'),
    besides: ['unknown-table'],
  },
  'has a trigger that writes to v1': {
    tamper: trigger('tasks', 'UPDATE Tasks SET updatedAt = CURRENT_TIMESTAMP WHERE id = NEW.id'),
    finding: ofTrigger('writes-v1', 'blocking'),
    besides: ['unknown-table'],
  },
  'has a trigger that makes another write to v1': {
    tamper: (handle) => {
      trigger('tasks', `REPLACE INTO "audit" VALUES (NEW.id)`)(handle)
      handle.exec(`CREATE VIEW inbox AS SELECT what FROM audit;
        CREATE TRIGGER on_audit AFTER INSERT ON audit BEGIN INSERT INTO inbox VALUES (NEW.what); END;
        CREATE TRIGGER on_inbox INSTEAD OF INSERT ON inbox BEGIN DELETE FROM [milestones] WHERE id = NEW.what; END`)
    },
    finding: ofTrigger('writes-v1', 'blocking'),
    besides: ['unknown-table', 'view'],
  },
  'has a trigger that refuses': {
    tamper: trigger('tasks', `SELECT raise (ABORT, 'no') WHERE NEW.name = ''`),
    finding: ofTrigger('refuses', 'blocking'),
    besides: ['unknown-table'],
  },
  'has a trigger that cannot run': {
    tamper: trigger('tasks', 'SELECT my_own_function(NEW.id)'),
    finding: blocking('unwritable-table', 'tasks', {
      samples: ['SQLITE_ERROR: no such function: my_own_function'],
    }),
    besides: ['unknown-table', 'trigger', 'unwritable-table'],
    hidesRows: true,
  },
}

const rowCodes = [
  'legacy-rows',
  'misfiled-template',
  'task-twice',
  'same-task-name',
  'duplicate-section-name',
  'milestone-without-tasks',
]

async function findingsIn(path: string) {
  const { issues, assessment, mappings } = await assessed(path)
  return {
    issues: ofFile(issues).filter(({ code }) => !rowCodes.includes(code)),
    assessment,
    mappings,
    all: issues,
  }
}

t.test('a file that', async (t) => {
  for (const [title, { tamper, finding, besides = [], hidesRows }] of Object.entries({
    ...columns,
    ...tables,
    ...objects,
  }))
    t.test(`${title} is ${finding === undefined ? 'not mentioned' : finding.severity}`, async (t) => {
      const { path } = generatedFile(t)
      tampered(path, tamper)
      const { issues, mappings } = await findingsIn(path)
      const main = issues.find(({ code, table }) => code === finding?.code && table === finding.table)
      t.match(main, finding)
      t.same(
        issues
          .filter((issue) => issue !== main && !besides.includes(issue.code))
          .map(({ code, table }) => [code, table]),
        [],
      )
      for (const issue of issues) t.ok(shown(t, path, issue).length >= 1, `${issue.code} is shown by its SQL`)
      t.equal(mappings.length === 0, hidesRows === true)
      if (finding?.severity !== 'blocking') await migrates(t, path)
    })
})

/** What is not refused can be migrated; and what is, is left alone. */
async function migrates(t: Test, path: string): Promise<void> {
  await adopt(path)
  const { state, error, report } = await runHere(path, 'migrate')
  t.equal(state, 'succeeded', error?.detail ?? '', {
    failed: report?.checks.filter(({ status }) => status === 'failed'),
  })
}

t.test('a file that cannot be migrated is refused by the run too, and left as it was', async (t) => {
  const { path } = generatedFile(t)
  await adopt(path)
  tampered(path, trigger('tasks', 'DELETE FROM milestones'))
  const { state, error } = await runHere(path, 'migrate')
  t.match({ state, error }, { state: 'failed', error: { code: 'blocked', detail: /trigger/ } })
})

t.test('the journal mode', async (t) => {
  t.test('is noted where it is not WAL', async (t) => {
    const { issues, assessment } = await findingsIn(generatedFile(t, { journalMode: 'delete' }).path)
    t.match(issues, [{ code: 'journal-mode', severity: 'noted', table: '', samples: ['delete'] }])
    t.match(assessment?.file, { journalMode: 'delete', encoding: 'UTF-8', damage: [] })
  })
})

t.test('a UTF-16 file', async (t) => {
  for (const [encoding, bytes] of [
    ['UTF-16le', '610000d86200'],
    ['UTF-16be', '0061d8000062'],
  ])
    t.test(`in ${String(encoding)} is noted, and migrated byte for byte`, async (t) => {
      const { path } = generatedFile(t, { instances: 120 })
      const other = `${path}.16`
      copyInto(path, other, String(encoding))
      tampered(other, (handle) =>
        handle
          .prepare('UPDATE supplier_task_instances SET notes = CAST(? AS TEXT) WHERE rowid = 1')
          .run(Buffer.from(String(bytes), 'hex')),
      )
      const { issues } = await assessed(other)
      t.match(
        issues.find(({ code }) => code === 'encoding'),
        { severity: 'noted', samples: [encoding] },
      )
      t.notOk(issues.some(({ subcase }) => subcase === 'invalid-utf8'))
      await migrates(t, other)
      const db = sqlConsole(other)
      t.teardown(() => db.close())
      const notes = (table: string) =>
        db.prepare(`SELECT id, hex(CAST(notes AS BLOB)) AS bytes FROM ${table} ORDER BY id`).all()
      const both = `(SELECT id, notes FROM supplier_task_instances UNION ALL SELECT id, notes FROM task_instances_old)`
      t.same(notes('v2_supplier_task_instances'), notes(both))
      t.match(notes('supplier_task_instances')[0], { bytes: String(bytes).toUpperCase() })
    })
})

/** The same tables and rows in a file with another encoding. */
function copyInto(path: string, other: string, encoding: string): void {
  const from = new BetterSqlite3(path, { readonly: true })
  tampered(other, (to) => {
    to.pragma(`encoding = '${encoding}'`)
    const objects = from
      .prepare(`SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'table' DESC`)
      .all() as { name: string; sql: string }[]
    for (const { name, sql } of objects) {
      to.exec(sql)
      if (!sql.startsWith('CREATE TABLE')) continue
      const rows = from.prepare(`SELECT * FROM "${name}"`).raw().all() as unknown[][]
      for (const row of rows)
        to.prepare(`INSERT INTO "${name}" VALUES (${row.map(() => '?').join()})`).run(row)
    }
  })
  from.close()
}

t.test('a damaged file is refused, and its rows are not looked at,', async (t) => {
  const damages: Record<string, (path: string) => void> = {
    'where a page was overwritten': (path) => {
      const bytes = readFileSync(path)
      const { root, size } = rootPage(path, 'tasks')
      writeFileSync(path, bytes.fill(0xff, (root - 1) * size, root * size))
    },
    'where an index lacks a row': (path) => {
      tampered(path, (handle) => {
        const index = 'tasks_name_idx'
        const entry = handle.prepare('SELECT * FROM sqlite_master WHERE name = ?').get(index) as object
        handle.unsafeMode()
        handle.pragma('writable_schema = ON')
        handle.prepare('DELETE FROM sqlite_master WHERE name = ?').run(index)
        handle.pragma('writable_schema = RESET')
        handle.exec(`UPDATE tasks SET name = name || ' again'`)
        handle.pragma('writable_schema = ON')
        handle
          .prepare('INSERT INTO sqlite_master VALUES (@type, @name, @tbl_name, @rootpage, @sql)')
          .run(entry)
      })
    },
    'where the schema is no SQL': (path) =>
      tampered(path, (handle) => {
        handle.unsafeMode()
        handle.pragma('writable_schema = ON')
        handle.exec(`UPDATE sqlite_master SET sql = 'CREATE NONSENSE' WHERE name = 'tasks'`)
      }),
  }
  for (const [title, damage] of Object.entries(damages))
    t.test(title, async (t) => {
      const { path } = generatedFile(t, { journalMode: 'delete' })
      damage(path)
      const { all, assessment, mappings } = await findingsIn(path)
      t.match(all[0], { code: 'corrupt', severity: 'blocking', table: '' })
      t.same(
        all.filter(({ code }) => !['corrupt', 'journal-mode'].includes(code)),
        [],
      )
      t.not(assessment?.file.damage.length, 0)
      t.same([mappings, assessment?.tables, assessment?.overrides], [[], [], null])
    })
})

function rootPage(path: string, table: string) {
  const handle = new BetterSqlite3(path, { readonly: true })
  const root = handle
    .prepare('SELECT rootpage FROM sqlite_master WHERE name = ?')
    .pluck()
    .get(table) as number
  const size = handle.pragma('page_size', { simple: true }) as number
  handle.close()
  return { root, size }
}

t.test('a NULL where the column takes none is a row that does not fit, and no damage', async (t) => {
  const { path } = generatedFile(t, { lenient: true })
  tampered(path, (handle) => {
    handle.exec('UPDATE tasks SET name = NULL WHERE rowid = 1')
    handle.unsafeMode()
    handle.pragma('writable_schema = ON')
    handle.exec(
      `UPDATE sqlite_master SET sql = replace(sql, '"name" TEXT', '"name" TEXT NOT NULL') WHERE name = 'tasks'`,
    )
  })
  const { issues, assessment } = await findingsIn(path)
  t.match(assessment?.file.damage, ['NULL value in tasks.name'])
  t.match(issues, [{ code: 'missing-required', subcase: 'null', table: 'tasks', column: 'name', count: 1 }])
})

t.test('a file whose last writer was killed', async (t) => {
  t.test('is refused until somebody has taken that write back', async (t) => {
    const { path } = generatedFile(t, { journalMode: 'delete' })
    const killed = `${path}.killed`
    const writer = new BetterSqlite3(path)
    writer.pragma('cache_size = 1')
    writer.exec('BEGIN; UPDATE supplier_task_instances SET notes = hex(randomblob(2000))')
    copyFileSync(path, killed)
    copyFileSync(`${path}-journal`, `${killed}-journal`)
    writer.exec('ROLLBACK')
    writer.close()
    const { all } = await findingsIn(killed)
    t.match(all, [{ code: 'unfinished-write', severity: 'blocking' }])
    await migrates(t, killed)
  })
})

t.test('a lock says nothing about what is in the file', async (t) => {
  const { path } = generatedFile(t, { journalMode: 'delete' })
  const writer = sqlConsole(path)
  t.teardown(() => writer.close())
  writer.exec('BEGIN EXCLUSIVE')
  await t.rejects(assessed(path), { code: 'SQLITE_BUSY' })
})

t.test('without its unique index', async (t) => {
  t.test('a key that two rows have is found', async (t) => {
    const { path } = generatedFile(t)
    let ids: string[] = []
    tampered(path, (handle) => {
      handle.exec('DROP INDEX tasks_milestoneId_name_key')
      handle.exec(`INSERT INTO tasks SELECT 'czz' || id, milestoneId, name, description, 9, isRequired, createdAt, updatedAt
        FROM tasks ORDER BY id LIMIT 3`)
      ids = handle
        .prepare(
          `SELECT id FROM tasks WHERE id GLOB 'czz*' OR 'czz' || id IN (SELECT id FROM tasks) ORDER BY id`,
        )
        .pluck()
        .all() as string[]
    })
    const { all } = await findingsIn(path)
    const issue = all.find(({ code }) => code === 'duplicate-key')
    t.match(issue, {
      severity: 'blocking',
      table: 'tasks',
      column: 'milestoneId, name',
      count: 6,
      samples: ids,
    })
    if (issue !== undefined) t.same(shown(t, path, issue), ids)
  })
})

t.test('too little room on the disk', async (t) => {
  t.test('is refused, with how much there is and how much is wanted', async (t) => {
    const disk = { neededBytes: 1000, freeBytes: 999 }
    t.match(diskIssues(disk), [{ code: 'disk-space', severity: 'blocking', samples: [disk] }])
    t.same(diskIssues({ ...disk, freeBytes: 1000 }), [])
  })
})

t.test('the tables that a trigger writes to', async (t) => {
  const header = 'CREATE TRIGGER x AFTER UPDATE OF name ON tasks WHEN NEW.name <> OLD.name BEGIN '
  const bodies: Record<string, string[]> = {
    'INSERT INTO a VALUES (1)': ['a'],
    'insert or ignore into a select * from b': ['a'],
    'REPLACE INTO a VALUES (1)': ['a'],
    'UPDATE OR FAIL "a b" SET x = 1': ['a b'],
    'UPDATE`c`SET x = 1': ['c'],
    'DELETE FROM [d] WHERE 1': ['d'],
    'UPDATE /* b */ a -- c\n SET x = 1': ['a'],
    [`SELECT 'DELETE FROM a' || "UPDATE"`]: [],
    'INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET x = 2': ['a', 'set'],
  }
  for (const [body, expected] of Object.entries(bodies))
    t.test(`are ${expected.join(' and ') || 'none'} in ${body}`, async (t) => {
      t.same(
        targetsOf(`${header}${body}; END`).filter((name) => name !== 'of'),
        expected,
      )
    })
})

t.test('a v1 table as it was before', async (t) => {
  t.test('is left as it is by an assessment that refuses it', async (t) => {
    const { path } = generatedFile(t)
    tampered(path, trigger('tasks', 'DELETE FROM milestones'))
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    const before = contentsOf(db, 'tasks')
    await assessed(path)
    t.same(contentsOf(db, 'tasks'), before)
  })
})
