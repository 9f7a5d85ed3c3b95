import { mkdirSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { write } from '../../src/db/database.js'
import { requestOf, takeLease } from '../../src/migration/jobs.repository.js'
import { JobFailure } from '../../src/migration/run.js'
import { adoptedFile, runHere, sqlConsole } from '../to-v2/migrated.js'
import { engine, eventsOf, kindOf, phase, queued, writtenRows } from './engine.js'

const addRow = (run: { transaction(act: () => void): void; db: { exec(sql: string): unknown } }) =>
  run.transaction(() => void run.db.exec('INSERT INTO written VALUES (1)'))
const removeRows = (run: { db: { exec(sql: string): unknown } }) => void run.db.exec('DELETE FROM written')

t.test('a job', async (t) => {
  t.test('succeeds with a report, its events, and the times of its begin and end', async (t) => {
    const { path, handle } = await engine(t)
    const kinds = [kindOf([phase('validate', addRow)])]
    const job = await runHere(path, 'trial', {}, { kinds })
    t.match(job, { state: 'succeeded', phase: 'validate', error: null, report: { status: 'passed' } })
    t.ok(job.startedAt !== null && job.finishedAt !== null && job.startedAt <= job.finishedAt)
    t.strictSame(eventsOf(handle, job.id), ['running', 'succeeded'])
    t.equal(writtenRows(handle), 1)
  })

  t.test(
    'that throws unexpectedly ends failed with what was thrown, and is undone last phase first',
    async (t) => {
      const { path } = await engine(t)
      const undone: string[] = []
      const kinds = [
        kindOf([
          phase(
            'assess',
            () => undefined,
            () => void undone.push('assess'),
          ),
          phase(
            'expand',
            () => undefined,
            () => void undone.push('expand'),
          ),
          phase(
            'backfill',
            () => Promise.reject(new Error('boom')),
            () => void undone.push('backfill'),
          ),
          phase(
            'validate',
            () => undefined,
            () => void undone.push('validate'),
          ),
        ]),
      ]
      const { state, error } = await runHere(path, 'trial', {}, { kinds })
      t.match({ state, error }, { state: 'failed', error: { code: 'internal', detail: /boom/ } })
      t.strictSame(undone, ['backfill', 'expand', 'assess'])
    },
  )

  t.test('that throws something that is no error ends failed with it', async (t) => {
    const { path } = await engine(t)
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the point
    const kinds = [kindOf([phase('validate', () => Promise.reject('just text'))])]
    t.match(await runHere(path, 'trial', {}, { kinds }), { state: 'failed', error: { detail: 'just text' } })
  })

  t.test('that the database refuses ends failed as a database error', async (t) => {
    const { path } = await engine(t)
    const kinds = [
      kindOf([
        phase('validate', (run) => {
          run.db.exec('CREATE UNIQUE INDEX once ON written (n); INSERT INTO written VALUES (1), (1)')
        }),
      ]),
    ]
    const { state, error } = await runHere(path, 'trial', {}, { kinds })
    t.match({ state, error }, { state: 'failed', error: { code: 'database-error', detail: /written\.n/ } })
  })

  t.test('that refuses ends failed with its own reason', async (t) => {
    const { path } = await engine(t)
    const refuse = () => {
      throw new JobFailure({ code: 'not-now', detail: 'Later.' })
    }
    const job = await runHere(path, 'trial', {}, { kinds: [kindOf([phase('validate', refuse)])] })
    t.match(job, {
      state: 'failed',
      error: { code: 'not-now', detail: 'Later.' },
      report: { status: 'failed' },
    })
  })

  t.test('with a failed check ends failed and is undone', async (t) => {
    const { path, handle } = await engine(t)
    const check = { id: 'x', group: 'g', title: 'T', expected: 1, actual: 2, samples: [] }
    const kinds = [
      kindOf([
        phase(
          'validate',
          (run) => {
            addRow(run)
            run.findings.checks.push({ ...check, status: 'failed' }, { ...check, status: 'passed' })
          },
          removeRows,
        ),
      ]),
    ]
    const { state, error } = await runHere(path, 'trial', {}, { kinds })
    t.match({ state, error }, { state: 'failed', error: { code: 'checks-failed', detail: /^1 of 2 checks/ } })
    t.equal(writtenRows(handle), 0)
  })

  t.test('with an issue that blocks ends failed as blocked', async (t) => {
    const { path } = await engine(t)
    const issue = { code: 'orphan', severity: 'blocking' as const, table: 'tasks', count: 1, samples: [] }
    const told = { ...issue, resolution: 'Mend.', sql: 'SELECT 1' }
    const kinds = [kindOf([phase('validate', (run) => void run.findings.issues.push(told))])]
    t.match(await runHere(path, 'trial', {}, { kinds }), { state: 'failed', error: { code: 'blocked' } })
  })

  t.test('is undone as soon as the disk takes writes again', async (t) => {
    const { path, handle } = await engine(t)
    const refusals = ['SQLITE_IOERR_WRITE', 'SQLITE_FULL']
    const undo = () => {
      const code = refusals.shift()
      if (code !== undefined) throw new BetterSqlite3.SqliteError('the disk takes nothing', code)
      handle.exec('DELETE FROM written')
    }
    const kinds = [
      kindOf([phase('validate', addRow, undo), phase('cutover', () => Promise.reject(new Error('no')))]),
    ]
    t.match(await runHere(path, 'trial', {}, { kinds }), { state: 'failed', error: { detail: /no/ } })
    t.same(refusals, [])
    t.equal(writtenRows(handle), 0)
  })

  t.test('whose undoing throws ends failed too, and is not taken over for ever', async (t) => {
    const { path } = await engine(t)
    const kinds = [
      kindOf([
        phase(
          'validate',
          () => Promise.reject(new Error('boom')),
          () => {
            throw new Error('and again')
          },
        ),
      ]),
    ]
    t.match(await runHere(path, 'trial', {}, { kinds }), { state: 'failed', error: { detail: /and again/ } })
  })

  t.test('that another program keeps from the lock for too long is interrupted, and goes on', async (t) => {
    const { path, handle, db } = await engine(t)
    const jobId = await queued(db)
    let isLocked = true
    const kinds = [
      kindOf([
        phase(
          'validate',
          (run) => {
            run.db.pragma('busy_timeout = 50')
            if (!isLocked) {
              addRow(run)
              return
            }
            isLocked = false
            handle.exec('BEGIN IMMEDIATE')
            try {
              addRow(run)
            } finally {
              handle.exec('COMMIT')
            }
          },
          () => void t.fail('it is not undone'),
        ),
      ]),
    ]
    t.match(await runHere(path, 'trial', {}, { kinds, jobId }), { state: 'interrupted', error: null })
    t.match(await runHere(path, 'trial', {}, { kinds, jobId }), { state: 'succeeded', error: null })
    t.equal(writtenRows(handle), 1)
  })

  t.test('of a kind that this version does not know ends failed', async (t) => {
    const { path } = await engine(t)
    const job = await runHere(path, 'older', {}, { kinds: [] })
    t.match(job, { state: 'failed', error: { detail: /no job of the kind older/ } })
  })

  t.test('whose scratch copy cannot be made ends failed', async (t) => {
    const { path, db } = await engine(t)
    const jobId = await queued(db)
    mkdirSync(`${path}.scratch-${jobId}-1`)
    const kinds = [kindOf([phase('validate', addRow)], { onScratchCopy: () => true })]
    t.match(await runHere(path, 'trial', {}, { kinds, jobId }), {
      state: 'failed',
      report: { status: 'failed' },
    })
  })

  t.test('on a scratch copy leaves the live file alone and removes the copy', async (t) => {
    const { path, handle } = await engine(t)
    const onCopy = phase(
      'validate',
      (run) => {
        addRow(run)
        t.equal(writtenRows(run.db), 1)
        t.ok(run.isScratch && run.path !== path)
      },
      () => t.fail('a copy needs no undoing'),
    )
    const failing = phase('cutover', () => Promise.reject(new Error('no')))
    const kinds = [kindOf([onCopy, failing], { onScratchCopy: () => true })]
    t.equal((await runHere(path, 'trial', {}, { kinds })).state, 'failed')
    t.equal(writtenRows(handle), 0)
    t.strictSame(
      readdirSync(dirname(path)).filter((file) => file.includes('scratch')),
      [],
    )
  })

  t.test('whose phases come in an order that is not allowed ends failed before the wrong one', async (t) => {
    const { path } = await engine(t)
    const kinds = [
      kindOf([phase('assess', () => undefined), phase('backfill', () => void t.fail('must not run'))]),
    ]
    const { state, error } = await runHere(path, 'trial', {}, { kinds })
    t.match({ state, error }, { state: 'failed', error: { detail: /backfill may not follow assess/ } })
  })

  t.test('that ends after a phase that something must follow ends failed', async (t) => {
    const { path } = await engine(t)
    const kinds = [kindOf([phase('assess', () => undefined), phase('expand', () => undefined)])]
    const { error } = await runHere(path, 'trial', {}, { kinds })
    t.match(error?.detail, /end may not follow expand/)
  })
})

t.test('between two chunks', async (t) => {
  t.test('a pause takes effect and lasts until the operator resumes', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    const ask = (requested: 'pause' | null) => write(db, (trx) => requestOf(trx, id, requested))
    const stateOf = () => handle.prepare('SELECT state FROM migration_jobs WHERE id = ?').pluck().get(id)
    let rowsWhilePaused: unknown
    const kinds = [
      kindOf([
        phase('validate', async (run) => {
          addRow(run)
          await ask('pause')
          setTimeout(() => {
            t.equal(stateOf(), 'paused')
            rowsWhilePaused = writtenRows(handle)
            void ask(null)
          }, 250)
          await run.rest()
          t.equal(stateOf(), 'running')
          addRow(run)
        }),
      ]),
    ]
    t.equal((await runHere(path, 'trial', {}, { kinds, jobId: id })).state, 'succeeded')
    t.equal(rowsWhilePaused, 1)
    t.strictSame(eventsOf(handle, id), ['running', 'paused', 'running', 'succeeded'])
  })

  t.test('a cancel takes effect, also out of a pause, and the job is undone', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    const ask = (requested: 'pause' | 'cancel') => write(db, (trx) => requestOf(trx, id, requested))
    const kinds = [
      kindOf([
        phase(
          'validate',
          async (run) => {
            addRow(run)
            await ask('pause')
            setTimeout(() => void ask('cancel'), 150)
            await run.rest()
            t.fail('the job was cancelled')
          },
          removeRows,
        ),
      ]),
    ]
    const job = await runHere(path, 'trial', {}, { kinds, jobId: id })
    t.match(job, { state: 'cancelled', error: { code: 'cancelled' }, report: { status: 'failed' } })
    t.equal(writtenRows(handle), 0)
  })

  t.test('and while work goes on elsewhere, a cancel takes effect', async (t) => {
    const { path, db } = await engine(t)
    const id = await queued(db)
    setTimeout(() => void write(db, (trx) => requestOf(trx, id, 'cancel')), 100)
    let timer: NodeJS.Timeout | undefined
    const endless = new Promise<void>((resolve) => (timer = setTimeout(resolve, 60_000)))
    const kinds = [kindOf([phase('validate', (run) => run.during(endless))])]
    const startedAt = performance.now()
    t.equal((await runHere(path, 'trial', {}, { kinds, jobId: id })).state, 'cancelled')
    t.ok(performance.now() - startedAt < 10_000)
    clearTimeout(timer)
  })

  t.test('work elsewhere gives its result, or what it threw', async (t) => {
    const { path } = await engine(t)
    const kinds = [
      kindOf([
        phase('validate', async (run) => {
          t.equal(await run.during(Promise.resolve(7)), 7)
          await run.during(new Promise((_, reject) => setTimeout(() => reject(new Error('boom')), 120)))
        }),
      ]),
    ]
    const { error } = await runHere(path, 'trial', {}, { kinds })
    t.match(error?.detail, /boom/)
  })

  t.test('a stop takes effect, also out of a pause, and the job is not undone', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    let isStopping = false
    const kinds = [
      kindOf([
        phase(
          'validate',
          async (run) => {
            addRow(run)
            await write(db, (trx) => requestOf(trx, id, 'pause'))
            setTimeout(() => (isStopping = true), 150)
            await run.rest()
            t.fail('the job was stopped')
          },
          removeRows,
        ),
      ]),
    ]
    const job = await runHere(path, 'trial', {}, { kinds, jobId: id, stopping: () => isStopping })
    t.match(job, { state: 'interrupted', finishedAt: null, report: null, error: null })
    t.equal(writtenRows(handle), 1)
  })
})

t.test('a runner that has been replaced', async (t) => {
  const moments = {
    'stops at its next transaction': (run: Parameters<typeof addRow>[0]) => addRow(run),
    'stops between two chunks': (run: { rest(): Promise<void> }) => run.rest(),
    'stops before its next phase': () => undefined,
  }
  for (const [title, next] of Object.entries(moments))
    t.test(`${title} and writes nothing more, not even to the journal`, async (t) => {
      const { path, handle, db } = await engine(t)
      const id = await queued(db)
      const seen = () => handle.prepare('SELECT * FROM migration_jobs WHERE id = ?').get(id)
      let left: unknown
      const kinds = [
        kindOf([
          phase(
            'assess',
            async (run) => {
              addRow(run)
              await write(db, (trx) => takeLease(trx, 'another process'))
              left = seen()
              await next(run)
            },
            () => t.fail('another process goes on with it'),
          ),
          phase('backup', () => void t.fail('another process goes on with it')),
        ]),
      ]
      await runHere(path, 'trial', {}, { kinds, jobId: id })
      t.strictSame(seen(), left)
      t.equal(writtenRows(handle), 1)
      t.match(handle.prepare('SELECT owner, fence FROM migration_lease').get(), {
        owner: 'another process',
        fence: 2,
      })
    })

  t.test('does not end the job of the one that replaced it when it fails', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db)
    const kinds = [
      kindOf([
        phase('validate', async () => {
          await write(db, (trx) => takeLease(trx, 'another process'))
          throw new Error('too late')
        }),
      ]),
    ]
    await runHere(path, 'trial', {}, { kinds, jobId: id })
    t.match(handle.prepare('SELECT state, error, finishedAt FROM migration_jobs').get(), {
      state: 'running',
      error: null,
      finishedAt: null,
    })
  })
})

t.test('a migration', async (t) => {
  const countRows = (path: string) => {
    const db = sqlConsole(path)
    const rows = db.prepare('SELECT count(*) FROM v2_supplier_task_instances').pluck().get() as number
    const cursors = db.prepare('SELECT step, rowsRead, rowsWritten, isDone FROM migration_cursors').all()
    const written = [
      ...['v2_task_type_sections', 'v2_tasks', 'v2_project_task_types', 'v2_project_task_templates'],
      // And the assignments that only the legacy model had.
      ...['v2_supplier_task_instances', 'made_assignments'],
    ].reduce((sum, table) => sum + (db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number), 0)
    db.close()
    return { rows, cursors, written }
  }

  t.test(
    'that is stopped in its backfill goes on after its last chunk and counts no row twice',
    async (t) => {
      const path = await adoptedFile(t, 15_000)
      let rests = 0
      const stopped = await runHere(path, 'migrate', { chunkMs: 1 }, { stopping: () => ++rests > 5 })
      t.equal(stopped.state, 'interrupted')
      const between = countRows(path)
      t.ok(between.rows < 15_000, 'it had not ended')
      t.ok(between.cursors.length > 1, 'it had begun')
      const resumed = await runHere(path, 'migrate', {}, { jobId: stopped.id })
      t.equal(resumed.state, 'succeeded', resumed.error?.detail ?? '')
      t.equal(resumed.report?.summary.rowsWritten, countRows(path).written)
      t.match(resumed.progress, { percent: 100 })
      t.equal(resumed.progress.rowsDone, resumed.progress.rowsTotal)
    },
  )

  t.test('that is stopped again and again gets to its end', async (t) => {
    const path = await adoptedFile(t, 400)
    let job = await runHere(path, 'migrate', { chunkMs: 1 }, { stopping: () => true })
    let stops = 0
    for (; job.state === 'interrupted' && stops < 60; stops++) {
      let rests = 0
      job = await runHere(path, 'migrate', {}, { jobId: job.id, stopping: () => ++rests > 3 && stops < 40 })
    }
    t.equal(job.state, 'succeeded')
    t.ok(stops > 2, `it was stopped ${stops} times`)
  })

  t.test('that is cancelled in its backfill removes v2 wholly, and can be run again', async (t) => {
    const path = await adoptedFile(t, 15_000)
    const db = sqlConsole(path)
    t.teardown(() => db.close())
    const schema = () => db.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY name').all()
    const before = schema()
    let rests = 0
    const askOnce = () => {
      if (++rests === 4) db.exec(`UPDATE migration_jobs SET requested = 'cancel'`)
      return false
    }
    const { state } = await runHere(path, 'migrate', { chunkMs: 1 }, { stopping: askOnce })
    t.equal(state, 'cancelled')
    t.strictSame(schema(), before)
    t.equal(db.prepare('SELECT stage FROM migration_state').pluck().get(), 'v1')
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  })
})
