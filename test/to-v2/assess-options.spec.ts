import t, { type Test } from 'tap'
import { post, read, served, v1Path, type JobBody } from '../admin/served.js'
import { runHere, sqlConsole } from './migrated.js'
import { assessed, generatedFile, shown } from './assessed.js'
import { v1File } from './v1-file.js'

const statuses = ['In Progress', 'Done', 'waived', 'completed', 'in-progress', "it's over", '']

async function withStatuses(t: Test) {
  const file = await v1File(t)
  const projectMilestoneTaskId = file.given.template()
  const ids = statuses.map((status) =>
    file.given.instance({ projectMilestoneTaskId, status, completedAt: null }),
  )
  const idOf = (status: string) => ids[statuses.indexOf(status)] ?? ''
  return { ...file, idOf }
}

t.test('a status that is none of the five', async (t) => {
  const ofStatus = async (path: string, statusMap = {}) => {
    const { issues } = await assessed(path, { statusMap })
    return issues.filter(({ code }) => code === 'invalid-status')
  }

  t.test('is resolved where only its spelling is off, and else blocks', async (t) => {
    const { path, idOf } = await withStatuses(t)
    t.match(await ofStatus(path), [
      { subcase: 'unknown', severity: 'blocking', count: 4 },
      {
        subcase: 'spelling',
        severity: 'resolved',
        samples: [idOf('In Progress'), idOf('in-progress')],
      },
    ])
  })

  t.test('is what statusMap says, exactly as it is stored, and before its spelling', async (t) => {
    const { path, idOf } = await withStatuses(t)
    const statusMap = {
      Done: 'completed',
      "it's over": 'cancelled',
      'In Progress': 'blocked',
      '': 'not_started',
    } as const
    const issues = await ofStatus(path, statusMap)
    t.match(issues, [
      { subcase: 'unknown', severity: 'blocking', samples: [idOf('waived')] },
      { subcase: 'mapped', severity: 'resolved', count: 4 },
      { subcase: 'spelling', severity: 'resolved', samples: [idOf('in-progress')] },
    ])
    for (const issue of issues) t.same(shown(t, path, issue), issue.samples)
  })

  t.test('is listed with what becomes of it and why', async (t) => {
    const { path, handle } = await withStatuses(t)
    handle.exec(`UPDATE supplier_task_instances SET status = x'00' WHERE status = 'waived'`)
    const { assessment } = await assessed(path, { statusMap: { Done: 'completed' } })
    const listed = new Map(assessment?.statuses.map(({ status, becomes, by }) => [status, [becomes, by]]))
    t.same(Object.fromEntries(listed), {
      'In Progress': ['in_progress', 'spelling'],
      'in-progress': ['in_progress', 'spelling'],
      Done: ['completed', 'statusMap'],
      completed: ['completed', 'as-is'],
      "it's over": [null, null],
      '': [null, null],
      "X'00'": [null, null],
    })
  })

  t.test('that becomes completed is compared with completedAt like any other', async (t) => {
    const { path, idOf } = await withStatuses(t)
    const undated = async (statusMap = {}) => {
      const { issues } = await assessed(path, { statusMap })
      return issues.find(({ subcase }) => subcase === 'completed-without-date')?.samples
    }
    t.same(await undated(), [idOf('completed')])
    t.same(await undated({ Done: 'completed' }), [idOf('Done'), idOf('completed')].sort())
  })
})

t.test('onInvalidRow', async (t) => {
  t.test(
    '“quarantine” resolves rows that do not fit, and nothing that concerns more than them',
    async (t) => {
      const { path } = generatedFile(t, { lenient: true, dirt: { classes: 'all', percent: 300 } })
      const failing = await assessed(path)
      const { issues } = await assessed(path, { onInvalidRow: 'quarantine' })
      const severity = new Map(issues.map(({ sql, severity }) => [sql, severity]))
      const shared = ['suppliers', 'projects', 'task_types']
      for (const issue of failing.issues.filter((one) => one.severity === 'blocking')) {
        const isShared = issue.table === 'supplier_project_instances' && issue.code !== 'orphan'
        const stays = shared.includes(issue.table) || isShared
        const where = `${issue.code} in ${issue.table}.${issue.column ?? ''}`
        t.equal(severity.get(issue.sql), stays ? 'blocking' : 'resolved', where)
      }
      t.ok(failing.issues.filter((one) => one.severity === 'blocking').length > 100)
      t.same(failing.issues.length, issues.length)
    },
  )

  t.test('“quarantine” does not let a file pass that cannot be migrated', async (t) => {
    const { path } = generatedFile(t)
    const handle = sqlConsole(path)
    handle.exec('CREATE TABLE v2_tasks (a)')
    handle.close()
    const { issues } = await assessed(path, { onInvalidRow: 'quarantine' })
    t.match(issues[0], { code: 'name-taken', severity: 'blocking' })
  })
})

interface Assessed extends JobBody {
  report: Record<string, unknown> & { issues: { sql: string; code: string }[] }
}

interface Refused {
  errors: { path: string }[]
}

t.test('POST /admin/migrations', async (t) => {
  const app = await served(t, v1Path(t, 300))
  const rule = { code: 'PA2', name: 'Samples' }

  t.test('assesses with every option, and answers with everything that was found', async (t) => {
    const { body } = await post<Assessed>(app, 'assess', {
      sectionNames: [rule, { ...rule, taskType: 'Part Approval' }],
      statusMap: { Done: 'completed' },
      onInvalidRow: 'quarantine',
      asOf: '2026-06-01',
    })
    t.match(body, { state: 'succeeded', error: null })
    const { report } = body
    t.match(report.assessment, {
      asOf: '2026-06-01T00:00:00.000Z',
      file: { journalMode: 'wal', check: 'integrity_check', damage: [] },
      disk: { neededBytes: Number, freeBytes: Number },
      estimate: { rows: Number, seconds: Number },
      tables: [{ table: 'audit_log', rows: 1, kind: 'service' }],
      dateForms: [{ table: 'suppliers', column: 'createdAt', epochMilliseconds: Number, bad: 0, null: 0 }],
      statuses: [{ table: 'supplier_task_instances', becomes: String, by: 'as-is' }],
      overrides: { table: 'supplier_task_instances', instances: 300, spreadDays: { median: Number } },
      heldBack: [],
    })
    t.match(report.dateChanges, [{ table: 'supplier_task_instances', after: 'overdue', sql: /^SELECT/ }])
    for (const issue of report.issues) t.match(issue.sql, /^(SELECT|WITH)/)
    const stored = await read(app, `/admin/migrations/${body.id}`)
    t.same((stored.body.report as { issues: unknown }).issues, report.issues)
  })

  const invalid: [string, string, object, string][] = [
    [
      'a status that v2 does not have',
      'assess',
      { statusMap: { Done: 'finished' } },
      '/options/statusMap/Done',
    ],
    ['no status', 'migrate', { statusMap: { Done: null } }, '/options/statusMap/Done'],
    ['a status with a line end', 'assess', { statusMap: { 'a\nb': 'done' } }, '/options/statusMap/a\nb'],
    ['a status with a slash', 'assess', { statusMap: { 'n/a': 'none' } }, '/options/statusMap/n~1a'],
    [
      'a status that is one of the five',
      'assess',
      { statusMap: { blocked: 'completed' } },
      '/options/statusMap/blocked',
    ],
    ['a map that is none', 'assess', { statusMap: ['Done'] }, '/options/statusMap'],
    ['another way with rows', 'migrate', { onInvalidRow: 'drop' }, '/options/onInvalidRow'],
    [
      'a code that no milestone has',
      'assess',
      { sectionNames: [rule, { ...rule, code: 'XX' }] },
      '/options/sectionNames/1/code',
    ],
    [
      'a code of another task type',
      'migrate',
      { sectionNames: [{ ...rule, code: 'NMR1', taskType: 'Part Approval' }] },
      '/options/sectionNames/0/code',
    ],
    [
      'a task type that is not there',
      'assess',
      { sectionNames: [{ ...rule, taskType: 'PA' }] },
      '/options/sectionNames/0/taskType',
    ],
    [
      'a category that is not there',
      'assess',
      { sectionNames: [{ ...rule, category: 'PA' }] },
      '/options/sectionNames/0/category',
    ],
    [
      'two rules for one code',
      'assess',
      { sectionNames: [rule, { code: 'pa-2', name: 'Other' }] },
      '/options/sectionNames/1/code',
    ],
    [
      'two rules for one code of a type',
      'migrate',
      {
        sectionNames: [
          { ...rule, taskType: 'Part Approval' },
          rule,
          { ...rule, code: 'P A 2', taskType: 'Part Approval' },
        ],
      },
      '/options/sectionNames/2/code',
    ],
    ['an instant on no day', 'assess', { asOf: '2026-02-30' }, '/options/asOf'],
    ['an instant for a run', 'migrate', { asOf: '2026-02-03' }, '/options/asOf'],
  ]
  for (const [title, job, options, path] of invalid)
    t.test(`refuses ${title}, names ${path}, and starts nothing`, async (t) => {
      const before = await read(app, '/admin/migrations')
      const { status, body } = await post<Refused>(app, job, options)
      t.match({ status, body }, { status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
      const { errors } = body
      t.same(new Set(errors.map((error) => error.path)), new Set([path]))
      t.same((await read(app, '/admin/migrations')).body, before.body)
    })

  t.test('refuses a rule where there is no milestone at all', async (t) => {
    const { path } = await v1File(t)
    const { status, body } = await post(await served(t, path), 'assess', { sectionNames: [rule] })
    t.match({ status, body }, { status: 422, body: { errors: [{ path: '/options/sectionNames/0/code' }] } })
  })
})

t.test('the report as Markdown', async (t) => {
  t.test('has the SQL for every class of rows', async (t) => {
    const app = await served(t, v1Path(t))
    const { body } = await post<Assessed>(app, 'assess')
    const { report } = body
    const markdown = await app.inject({
      url: `${body.links.self}/report`,
      headers: { accept: 'text/markdown' },
    })
    for (const { sql } of report.issues)
      t.ok(markdown.body.includes(`      ${sql.replaceAll('\n', '\n      ')}\n`))
    t.ok(report.issues.length > 5)
  })
})

t.test('a run', async (t) => {
  t.test('goes by what the assessment says of a file that has nothing blocking', async (t) => {
    const { path } = await v1File(t)
    t.match(await runHere(path, 'assess', { statusMap: {}, onInvalidRow: 'fail' }), { state: 'succeeded' })
  })
})
