import t, { type Test } from 'tap'
import { listening } from '../examples/served.js'

interface Json {
  [name: string]: unknown
  id: string
}

/** The service on a port of its own, and a clock for the day. */
async function begin(t: Test) {
  const clock = { now: 0 }
  const address = await listening(t, () => clock.now)
  const call =
    (method: string) =>
    async (path: string, payload?: object): Promise<{ status: number; body: Json }> => {
      const json = payload === undefined ? {} : { headers: { 'content-type': 'application/json' } }
      const body = payload === undefined ? {} : { body: JSON.stringify(payload) }
      const answer = await fetch(`${address}/v2/${path}`, { method, ...json, ...body })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? { id: '' } : (JSON.parse(text) as Json) }
    }
  const [get, post, put, patch, remove] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(call) as [
    ReturnType<typeof call>,
    ReturnType<typeof call>,
    ReturnType<typeof call>,
    ReturnType<typeof call>,
    ReturnType<typeof call>,
  ]
  const make = async (path: string, payload: object) => {
    const { status, body } = await post(path, payload)
    if (status !== 201) throw new Error(`POST ${path}: ${JSON.stringify(body)}`)
    return body.id
  }
  const list = async (path: string) => (await get(path)).body.items as Json[]
  const at = (time: string) => (clock.now = Date.parse(`2026-03-02T${time}:00Z`))
  return { address, get, post, put, patch, remove, make, list, at }
}

const day = (instant: unknown) => String(instant).slice(0, 10)

t.test('a working day', async (t) => {
  const { address, get, post, put, patch, remove, make, list, at } = await begin(t)

  at('08:00')
  const taskTypeId = await make('task-types', { name: 'Part Approval', category: 'Quality' })
  const trial = await make(`task-types/${taskTypeId}/sections`, { name: 'Production Trial' })
  const article = await make(`task-types/${taskTypeId}/sections`, { name: 'First Article' })
  const task = (fields: object) => make('tasks', { taskTypeId, ...fields })
  const rate = await task({ sectionId: trial, name: 'Run at Rate' })
  const gage = await task({ sectionId: article, name: 'Gage R&R Submission', defaultOwner: 'Ann' })
  const drawing = await task({ sectionId: article, name: 'Drawing Approval' })
  const measure = await task({ parentTaskId: gage, name: 'Measure 25 parts' })
  const sign = await task({ parentTaskId: gage, name: 'Sign the report' })

  await t.test('begins with a task type, whose sections and tasks are put in order', async (t) => {
    t.equal((await put(`task-types/${taskTypeId}/sections/order`, { ids: [article, trial] })).status, 200)
    const tasks = `task-types/${taskTypeId}/sections/${article}/tasks/order`
    t.equal((await put(tasks, { ids: [drawing, gage] })).status, 200)
    t.match((await get(`task-types/${taskTypeId}/tree`)).body, {
      sections: [
        {
          name: 'First Article',
          tasks: [
            { name: 'Drawing Approval', subTasks: [] },
            { name: 'Gage R&R Submission', subTasks: [{ id: measure }, { id: sign }] },
          ],
        },
        { name: 'Production Trial', tasks: [{ name: 'Run at Rate' }] },
      ],
    })
  })

  at('08:30')
  const projectId = await make('projects', { name: 'Falcon' })
  const attached = await post(`projects/${projectId}/task-types`, {
    taskTypeId,
    anchorDate: '2026-03-02',
    offsets: [
      { taskId: drawing, offsetDays: 14 },
      { taskId: gage, offsetDays: 30 },
      { taskId: rate, offsetDays: 60 },
      { taskId: sign, offsetDays: 0, anchor: 'relative_to_task' },
    ],
    dueDates: [{ taskId: measure, dueDate: '2026-03-20' }],
  })
  const templates = new Map(
    (await list(`project-task-templates?projectId=${projectId}`)).map((one) => [one.taskId, one.id]),
  )
  const templateOf = (taskId: string) => `project-task-templates/${String(templates.get(taskId))}`
  const dueDates = async () =>
    Promise.all(
      [drawing, gage, sign, measure, rate].map(async (id) => day((await get(templateOf(id))).body.dueDate)),
    )

  await t.test('goes on with a project that gets the task type', async (t) => {
    t.match(attached, { status: 201, body: { created: 5, skipped: 0, instancesCreated: 0 } })
    t.same(await dueDates(), ['2026-03-16', '2026-04-01', '2026-04-01', '2026-03-20', '2026-05-01'])
    t.match((await get(templateOf(gage))).body, { owner: 'Ann', anchor: 'project_start' })
  })

  at('09:00')
  const suppliers = [
    await make('suppliers', { name: 'Acme' }),
    await make('suppliers', { name: 'Bolts & Co' }),
    await make('suppliers', { name: 'Castings' }),
  ] as const
  const [acme, bolts, castings] = suppliers
  const assign = (supplierId: string) => post(`suppliers/${supplierId}/projects/${projectId}/assign`)
  const assigned = [await assign(acme), await assign(bolts), await assign(castings)]
  const owed = async (supplierId: string, taskId: string) => {
    const [instance] = await list(`supplier-task-instances?supplierId=${supplierId}&taskId=${taskId}`)
    return `supplier-task-instances/${String(instance?.id)}`
  }

  await t.test('has three suppliers assigned, each once', async (t) => {
    for (const answer of assigned) t.match(answer, { status: 201, body: { created: 5, skipped: 0 } })
    t.match(await assign(acme), { status: 200, body: { created: 0, skipped: 5 } })
  })

  at('10:00')
  await t.test('slips a date, after a look at what that moves', async (t) => {
    const counts = { updated: 6, keptOverride: 0, keptCompleted: 0 }
    const slip = { dueDate: '2026-04-08' }
    t.match(await patch(templateOf(gage), { ...slip, dryRun: true }), { body: { propagation: counts } })
    t.equal((await dueDates())[1], '2026-04-01')
    t.match(await patch(templateOf(gage), slip), { body: { propagation: counts } })
    t.same(await dueDates(), ['2026-03-16', '2026-04-08', '2026-04-08', '2026-03-20', '2026-05-01'])
    t.match((await get(await owed(bolts, sign))).body, { dueDate: '2026-04-08T00:00:00.000Z' })
  })

  at('11:00')
  await t.test('agrees another date with one supplier, which stays from then on', async (t) => {
    const agreed = await patch(await owed(acme, gage), { actualDueDate: '2026-04-15' })
    t.match(agreed.body, { effectiveDueDate: '2026-04-15T00:00:00.000Z' })
    const { body } = await patch(templateOf(gage), { dueDate: '2026-04-10' })
    t.match(body, { propagation: { updated: 5, keptOverride: 1 } })
    t.match((await get(await owed(acme, gage))).body, {
      dueDate: '2026-04-08T00:00:00.000Z',
      effectiveDueDate: '2026-04-15T00:00:00.000Z',
    })
  })

  at('12:00')
  const report = Buffer.from('%PDF-1.7 25 parts, measured')
  const file = async () => `${address}/v2/${await owed(acme, measure)}/files/Report%20of%20Acme.pdf`
  await t.test('has a report come in, which is there for everybody', async (t) => {
    const headers = { 'content-type': 'application/pdf' }
    const submitted = await fetch(await file(), { method: 'PUT', headers, body: report })
    t.equal(submitted.status, 201)
    t.match((await get(await owed(acme, measure))).body.submissionFiles, [
      { originalName: 'Report of Acme.pdf', mimeType: 'application/pdf', size: report.length },
    ])
    const downloaded = await fetch(await file())
    t.match(downloaded.headers.get('content-disposition'), /^attachment; filename="Report of Acme.pdf"/)
    t.same(Buffer.from(await downloaded.arrayBuffer()), report)
  })

  at('13:00')
  await t.test('has a supplier blocked, and unblocked', async (t) => {
    const url = await owed(bolts, measure)
    const reason = { status: 'blocked', blockedReason: 'The gage is in repair' }
    t.match((await patch(url, reason)).body, reason)
    t.match((await get('dashboard')).body.totals, { blocked: 1 })
    at('14:00')
    t.match((await patch(url, { status: 'in_progress' })).body, { blockedReason: null })
    t.match((await get('dashboard')).body.totals, { blocked: 0 })
  })

  at('15:00')
  await t.test('sees work completed, reopened and completed again', async (t) => {
    const url = await owed(castings, drawing)
    t.match((await patch(url, { status: 'completed' })).body, { completedAt: '2026-03-02T15:00:00.000Z' })
    t.match((await patch(url, { status: 'in_progress' })).body, { completedAt: null })
    at('15:30')
    t.match((await patch(url, { status: 'completed' })).body, { completedAt: '2026-03-02T15:30:00.000Z' })
  })

  at('16:00')
  await t.test('moves the start of the project, and what hangs on it', async (t) => {
    const { body } = await post(`projects/${projectId}/move-anchor`, {
      anchor: 'project_start',
      from: '2026-03-02',
      to: '2026-03-09',
    })
    t.match(body, { propagation: { updated: 10, keptOverride: 1, keptCompleted: 1 } })
    t.same(
      (body.templates as Json[]).map(({ stays }) => stays).filter((stays) => stays !== null),
      ['fixed-date'],
    )
    t.same(await dueDates(), ['2026-03-23', '2026-04-17', '2026-04-17', '2026-03-20', '2026-05-08'])
  })

  at('17:00')
  await t.test('ends with the dashboard, today and in five weeks', async (t) => {
    const { body } = await get('dashboard')
    const byStatus = { not_started: 13, in_progress: 1, completed: 1, blocked: 0, cancelled: 0 }
    t.match(body, {
      asOf: '2026-03-02T17:00:00.000Z',
      totals: { suppliers: 3, projects: 1, instances: 15, byStatus, overdue: 0, dueNext7Days: 0 },
      byProject: [{ projectId, instances: 15, completionRatio: 1 / 15 }],
      bySection: [
        { name: 'First Article', instances: 12 },
        { name: 'Production Trial', instances: 3 },
      ],
    })
    const later = (await get('dashboard?asOf=2026-04-10')).body
    // Three measurements, and the drawings of two suppliers; then the gage reports and signatures.
    t.match(later, {
      totals: { overdue: 5, dueNext7Days: 6 },
      bySupplier: [
        { name: 'Acme', overdue: 2, dueNext7Days: 2 },
        { name: 'Bolts & Co', overdue: 2, dueNext7Days: 2 },
        { name: 'Castings', overdue: 1, dueNext7Days: 2 },
      ],
    })
  })

  await t.test('exports for the meeting of tomorrow what the list shows', async (t) => {
    const filter = `projectId=${projectId}&dueTo=2026-04-09&isApplied=true`
    const answer = await fetch(`${address}/v2/exports/supplier-task-instances.csv?${filter}`)
    t.match(answer.headers.get('content-type'), /^text\/csv/)
    const [head = '', ...lines] = (await answer.text()).trimEnd().split('\r\n')
    const shown = await list(`supplier-task-instances?${filter}`)
    t.match(head, /^"id",.*"effectiveDueDate","isOverdue"/)
    t.same(
      lines.map((line) => line.slice(1, line.indexOf('",'))),
      shown.map(({ id }) => id),
    )
    // Three measurements and three drawings; what is due after the gage's date is not in it.
    t.equal(lines.length, 6)
  })

  at('18:00')
  await t.test('loses no completed work by accident', async (t) => {
    const assignments = await list(`supplier-project-instances?projectId=${projectId}`)
    const urlOf = (supplierId: string) =>
      `supplier-project-instances/${String(assignments.find((one) => one.supplierId === supplierId)?.id)}`
    t.match(await remove(urlOf(castings)), {
      status: 409,
      body: { code: 'has-completed-work', completed: 1 },
    })
    t.equal((await remove(urlOf(bolts))).status, 204)
    t.match((await get('dashboard')).body.totals, { instances: 10 })
  })
})
