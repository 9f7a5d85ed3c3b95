import t from 'tap'
import { runHere } from './migrated.js'
import { CREATED, v1File } from './v1-file.js'

t.test('a date', async (t) => {
  const instant = Date.UTC(2026, 2, 1, 10, 0, 0)
  const forms: Record<string, [string | number, number]> = {
    'epoch milliseconds': [instant + 7, instant + 7],
    'CURRENT_TIMESTAMP’s text': ['2026-03-01 10:00:00', instant],
    'text with a fraction': ['2026-03-01 10:00:00.250', instant + 250],
    'ISO 8601 with Z': ['2026-03-01T10:00:00Z', instant],
    'ISO 8601 with milliseconds': ['2026-03-01T10:00:00.007Z', instant + 7],
    'ISO 8601 east of Greenwich': ['2026-03-01T10:00:00+02:00', instant - 7_200_000],
    'ISO 8601 west of Greenwich': ['2026-03-01T10:00:00.5-05:30', instant + 500 + 19_800_000],
    'ISO 8601 with microseconds': ['2026-03-01T10:00:00.123456Z', instant + 123],
    'ISO 8601 a few microseconds before the next second': ['2026-03-01T10:00:00.999900Z', instant + 999],
    'a leap day': ['2028-02-29 00:00:00', Date.UTC(2028, 1, 29)],
    'the first instant that is believed': [Date.UTC(1990, 0, 1), Date.UTC(1990, 0, 1)],
    'the last instant that is believed': ['2100-12-31T23:59:59.999Z', Date.UTC(2101, 0, 1) - 1],
  }

  t.test('is the same instant in v2, in whichever form', async (t) => {
    const { path, given, row } = await v1File(t)
    const projectMilestoneTaskId = given.template()
    const ids = Object.entries(forms).map(([form, [stored, expected]]) => {
      const dates = {
        dueDate: stored,
        actualDueDate: stored,
        completedAt: stored,
        createdAt: stored,
        updatedAt: stored,
      }
      return { form, expected, id: given.instance({ projectMilestoneTaskId, status: 'completed', ...dates }) }
    })
    const { state, error, report } = await runHere(path, 'migrate')
    const failed = report?.checks.filter(({ status }) => status === 'failed')
    t.equal(state, 'succeeded', error?.detail ?? '', { failed })
    for (const { form, expected: at, id } of ids)
      t.match(
        row('v2_supplier_task_instances', id),
        { dueDate: at, actualDueDate: at, completedAt: at, createdAt: at, updatedAt: at },
        form,
      )
  })

  t.test('as text is among the issues as resolved', async (t) => {
    const { path, given } = await v1File(t)
    const id = given.instance({ dueDate: '2026-03-01 10:00:00' })
    given.instance()
    const { report } = await runHere(path, 'migrate')
    t.match(
      report?.issues.filter(({ code }) => code === 'mixed-date-forms'),
      [
        {
          table: 'supplier_task_instances',
          column: 'dueDate',
          count: 1,
          samples: [id],
          severity: 'resolved',
        },
      ],
    )
  })

  for (const column of ['actualDueDate', 'completedAt'])
    t.test(`as text is among the issues in ${column} too`, async (t) => {
      const { path, given } = await v1File(t)
      given.instance({ status: 'completed', [column]: '2026-03-01 10:00:00' })
      const { report } = await runHere(path, 'migrate')
      t.match(
        report?.issues.find(({ code }) => code === 'mixed-date-forms'),
        { column },
      )
    })
})

t.test('a boolean', async (t) => {
  const forms: [string | number, number][] = [
    [1, 1],
    [0, 0],
    ['true', 1],
    ['false', 0],
    ['TRUE', 1],
    ['False', 0],
  ]
  for (const [stored, expected] of forms)
    t.test(`stored as ${JSON.stringify(stored)} is ${expected} in v2`, async (t) => {
      const { path, given, row } = await v1File(t)
      const milestoneId = given.milestone({ isRequired: stored })
      const taskId = given.task({ milestoneId, isRequired: stored })
      const template = given.template({ taskId, isActive: stored })
      const instance = given.instance({ projectMilestoneTaskId: template, isApplied: stored })
      const { state, error } = await runHere(path, 'migrate')
      t.equal(state, 'succeeded', error?.detail ?? '')
      t.match(row('v2_task_type_sections', milestoneId), { isRequired: expected })
      t.match(row('v2_tasks', taskId), { isRequired: expected })
      t.match(row('v2_project_task_templates', template), { isActive: expected })
      t.match(row('v2_supplier_task_instances', instance), { isApplied: expected })
    })
})

t.test('a text', async (t) => {
  const odd: Record<string, string> = {
    'emoji and other scripts': '检查 🚗 ‏שלום',
    'SQL in it': `'; DROP TABLE suppliers; --`,
    'a formula': '=cmd|/c calc!A1',
    'line ends and tabs': 'a\r\nb\n\tc ',
    'a megabyte': 'x'.repeat(1_000_000),
    nothing: '',
  }
  for (const [title, text] of Object.entries(odd))
    t.test(`with ${title} is the same in v2`, async (t) => {
      const { path, given, row } = await v1File(t)
      const instance = given.instance({ notes: text, submissionFiles: text })
      t.equal((await runHere(path, 'migrate')).state, 'succeeded')
      t.match(row('v2_supplier_task_instances', instance), { notes: text, submissionFiles: text })
    })

  for (const [title, bytes] of [
    ['a NUL character', "CAST(x'610062' AS TEXT)"],
    ['a lone surrogate', "CAST(x'61eda08062' AS TEXT)"],
    ['bytes that are no UTF-8', "CAST(x'ff61fe' AS TEXT)"],
  ])
    t.test(`with ${String(title)} is byte for byte the same in v2`, async (t) => {
      const { path, handle, given } = await v1File(t)
      const id = given.instance()
      handle.exec(`UPDATE supplier_task_instances SET notes = ${String(bytes)}`)
      t.equal((await runHere(path, 'migrate')).state, 'succeeded')
      const hex = (table: string) =>
        handle.prepare(`SELECT hex(CAST(notes AS BLOB)) FROM ${table} WHERE id = ?`).pluck().get(id)
      t.equal(hex('v2_supplier_task_instances'), hex('supplier_task_instances'))
    })
})

t.test('a sequence beyond 2^53 is the same in v2, to the last digit', async (t) => {
  const { path, handle, given } = await v1File(t)
  const id = given.task()
  handle.exec(
    'UPDATE tasks SET sequence = 9007199254740993; UPDATE milestones SET sequence = -4611686018427387905',
  )
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  const sequence = (table: string) =>
    handle.prepare(`SELECT CAST(sequence AS TEXT) FROM ${table}`).pluck().all()
  t.same(sequence('v2_tasks'), ['9007199254740993'], id)
  t.same(sequence('v2_task_type_sections'), ['-4611686018427387905'])
})

t.test('a milestone without tasks', async (t) => {
  t.test('is an empty section with every value of its own, and is noted', async (t) => {
    const { path, given, row } = await v1File(t)
    const values = {
      code: 'Q1',
      name: 'Quiet',
      description: 'Nothing yet',
      sequence: 9,
      updatedAt: CREATED + 5,
    }
    const id = given.milestone(values)
    const { state, report } = await runHere(path, 'migrate')
    t.equal(state, 'succeeded')
    t.match(row('v2_task_type_sections', id), { ...values, isRequired: 1, createdAt: CREATED })
    t.match(
      report?.issues.find(({ code }) => code === 'milestone-without-tasks'),
      { severity: 'noted', count: 1, samples: [id] },
    )
    t.equal(report?.status, 'passed-with-notes')
  })
})

t.test('the owner of a template', async (t) => {
  t.test('is what responsibleParties says, byte for byte, where the file has that column', async (t) => {
    const { path, given, row } = await v1File(t, { responsibleParties: true })
    const texts = ['Anna', '[{"name":"Anna"}]', '', null]
    const ids = texts.map((responsibleParties) => given.template({ responsibleParties }))
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
    t.strictSame(
      ids.map((id) => row('v2_project_task_templates', id)?.owner),
      texts,
    )
  })
  t.test('is empty where the file has no such column', async (t) => {
    const { path, given, row } = await v1File(t)
    const id = given.template()
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
    t.match(row('v2_project_task_templates', id), { owner: null, anchor: null, offsetDays: null })
  })
})

t.test('the task types of a project', async (t) => {
  t.test('are one for each pair, active where any template of it is', async (t) => {
    const { path, handle, given } = await v1File(t)
    const projectId = given.project()
    const types = [given.taskType(), given.taskType()]
    const templates = types.flatMap((taskTypeId, type) =>
      [0, 1].map((n) =>
        given.template({
          projectId,
          taskId: given.task({ milestoneId: given.milestone({ taskTypeId }) }),
          isActive: type * n,
        }),
      ),
    )
    t.equal((await runHere(path, 'migrate')).state, 'succeeded')
    t.equal(templates.length, 4)
    t.strictSame(
      handle.prepare('SELECT taskTypeId, isActive FROM v2_project_task_types ORDER BY taskTypeId').all(),
      [
        { taskTypeId: types[0], isActive: 0 },
        { taskTypeId: types[1], isActive: 1 },
      ],
    )
  })
})

t.test('an instance keeps every field that both versions have', async (t) => {
  const { path, given, row } = await v1File(t)
  const values = {
    status: 'completed',
    dueDate: CREATED + 1,
    actualDueDate: CREATED + 2,
    isApplied: 0,
    completedAt: CREATED + 3,
    notes: 'Seen',
    submissionFiles: '[{"name":"a.pdf"}]',
    createdAt: CREATED + 4,
    updatedAt: CREATED + 5,
  }
  const id = given.instance(values)
  const v1 = row('supplier_task_instances', id)
  t.equal((await runHere(path, 'migrate')).state, 'succeeded')
  t.match(row('v2_supplier_task_instances', id), {
    ...values,
    id,
    supplierProjectInstanceId: v1?.supplierProjectInstanceId,
    projectTaskTemplateId: v1?.projectMilestoneTaskId,
    owner: null,
    blockedReason: null,
  })
})
