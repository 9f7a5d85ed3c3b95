import { name, code, status } from './v1-writes.js'
import type { Write } from './world.js'

const day = (n: number) => `2026-0${1 + (n % 9)}-1${n % 10}`
const some = (n: number) => `by http ${n}`

const patch =
  (url: string, table: string, body: (a: number, b: number) => object): Write =>
  (world, a, b) =>
    send(world, 'PATCH', `${url}/${world.pick(table, a)}`, body(a, b))

const remove =
  (url: string, table: string, every: number): Write =>
  (world, a, b) =>
    b % every === 0 ? send(world, 'DELETE', `${url}/${world.pick(table, a)}`) : undefined

const create =
  (url: string, body: (pick: (table: string, n: number) => string, a: number, b: number) => object): Write =>
  (world, a, b) =>
    send(world, 'POST', url, body(world.pick, a, b))

/** The keys by which each version may refuse a row as a double; another one would be the mirror's. */
const keysOf = {
  '/v1': ['taskTypeId, code', 'milestoneId, name', 'projectId, milestoneId, taskId', 'supplierId, projectId'],
  '/v2': ['taskTypeId, name', 'name', 'projectId, taskId', 'supplierId, projectId'],
}

/** A refusal is an answer; a failure of the server is none, and nor is a refusal by the other version's rules. */
async function send(world: Parameters<Write>[0], ...request: Parameters<Parameters<Write>[0]['send']>) {
  const { status: answered, body } = await world.send(...request)
  const fail = () => {
    throw new Error(`${request[0]} ${request[1]}: ${answered} ${body}`)
  }
  if (answered >= 500) fail()
  if (answered !== 409) return
  const { code, detail } = JSON.parse(body) as { code: string; detail: string }
  const key = /the same (.*)\.$/.exec(detail)?.[1] ?? ''
  if (code === 'missing-parent') fail()
  if (code === 'already-exists' && !keysOf[request[1].slice(0, 3) as '/v1'].includes(key)) fail()
}

/** What clients of /v1 send. */
export const v1Requests: Record<string, Write> = {
  'POST /v1 milestone': create('/v1/milestones', (pick, a, b) => ({
    taskTypeId: pick('task_types', a),
    code: `${code(b)}${a}`,
    name: name(b),
    sequence: a,
  })),
  'PATCH /v1 milestone': patch('/v1/milestones', 'milestones', (a, b) =>
    b % 2 ? { name: name(b) } : { sequence: a },
  ),
  'POST /v1 task': create('/v1/tasks', (pick, a, b) => ({
    milestoneId: pick('milestones', a),
    name: `${name(b)} ${a % 3}`,
    sequence: b,
  })),
  'PATCH /v1 task': patch('/v1/tasks', 'tasks', (_, b) => ({ name: name(b), description: some(b) })),
  'DELETE /v1 task': remove('/v1/tasks', 'tasks', 4),
  'POST /v1 template': create('/v1/project-milestone-tasks', (pick, a, b) => ({
    projectId: pick('projects', a),
    milestoneId: pick('milestones', b),
    taskId: pick('tasks', a + b),
    dueDate: day(a),
    responsibleParties: some(a),
  })),
  'PATCH /v1 template': patch('/v1/project-milestone-tasks', 'project_milestone_tasks', (a, b) => ({
    dueDate: day(b),
    notes: some(a),
  })),
  'POST /v1 assignment': create('/v1/supplier-project-instances', (pick, a, b) => ({
    supplierId: pick('suppliers', a),
    projectId: pick('projects', b),
  })),
  'PATCH /v1 instance': patch('/v1/supplier-task-instances', 'supplier_task_instances', (a, b) => ({
    status: status(b),
    notes: some(a),
    ...(b % 3 === 0 ? { actualDueDate: day(a) } : {}),
  })),
  'DELETE /v1 instance': remove('/v1/supplier-task-instances', 'supplier_task_instances', 3),
}

/** What clients of /v2 send. */
export const v2Requests: Record<string, Write> = {
  'POST /v2 section': create('/v2/task-type-sections', (pick, a, b) => ({
    taskTypeId: pick('task_types', a),
    name: `${name(b)} ${a % 3}`,
    ...(b % 2 ? { code: code(b) } : {}),
  })),
  'PATCH /v2 section': patch('/v2/task-type-sections', 'v2_task_type_sections', (a, b) => ({
    name: `${name(b)} ${a % 2}`,
  })),
  'DELETE /v2 section': remove('/v2/task-type-sections', 'v2_task_type_sections', 2),
  'POST /v2 task': (world, a, b) => {
    const section = world.console
      .prepare('SELECT id AS sectionId, taskTypeId FROM v2_task_type_sections WHERE id = ?')
      .get(world.pick('v2_task_type_sections', a)) as object | undefined
    return section === undefined
      ? undefined
      : send(world, 'POST', '/v2/tasks', { ...section, name: `${name(b)} ${a % 3}`, defaultOwner: some(a) })
  },
  'POST /v2 sub-task': (world, a, b) => {
    const parent = world.console
      .prepare('SELECT id AS parentTaskId, taskTypeId FROM v2_tasks WHERE id = ?')
      .get(world.pick('v2_tasks WHERE parentTaskId IS NULL', a)) as object | undefined
    return parent === undefined
      ? undefined
      : send(world, 'POST', '/v2/tasks', { ...parent, name: name(b), defaultNotes: some(b) })
  },
  'PATCH /v2 task': patch('/v2/tasks', 'v2_tasks', (a, b) => ({ name: name(b), description: some(a) })),
  'move a task by PATCH /v2': (world, a, b) =>
    send(world, 'PATCH', `/v2/tasks/${world.pick('v2_tasks WHERE parentTaskId IS NULL', a)}`, {
      sectionId: b % 4 === 0 ? null : world.pick('v2_task_type_sections', b),
    }),
  'DELETE /v2 task': remove('/v2/tasks', 'v2_tasks', 4),
  'attach by POST /v2': (world, a, b) => {
    const taskTypeId = world.pick('task_types', b)
    const taskIds = world.console
      .prepare('SELECT id FROM v2_tasks WHERE taskTypeId = ? ORDER BY id')
      .pluck()
      .all(taskTypeId)
    return send(world, 'POST', `/v2/projects/${world.pick('projects', a)}/task-types`, {
      taskTypeId,
      anchorDate: day(a),
      offsets: taskIds.map((taskId, index) => ({ taskId, offsetDays: (b + index) % 20 })),
    })
  },
  'POST /v2 template': create('/v2/project-task-templates', (pick, a, b) => ({
    projectId: pick('projects', a),
    taskId: pick('v2_tasks', b),
    dueDate: day(a),
    owner: some(b),
  })),
  'PATCH /v2 template': patch('/v2/project-task-templates', 'v2_project_task_templates', (a, b) => ({
    dueDate: day(b),
    ...(a % 3 === 0 ? { scope: 'all-projects-using-type' } : { notes: some(a) }),
  })),
  'POST /v2 shift-dates': (world, a, b) =>
    send(world, 'POST', `/v2/projects/${world.pick('projects', a)}/shift-dates`, { days: (b % 20) - 10 }),
  'assign by POST /v2': (world, a, b) =>
    send(
      world,
      'POST',
      `/v2/suppliers/${world.pick('suppliers', a)}/projects/${world.pick('projects', b)}/assign`,
      {},
    ),
  'PATCH /v2 instance': patch('/v2/supplier-task-instances', 'v2_supplier_task_instances', (a, b) => ({
    status: status(b),
    owner: some(a),
    ...(status(b) === 'blocked' ? { blockedReason: some(b) } : {}),
  })),
  'bulk-update by POST /v2': (world, a, b) =>
    send(world, 'POST', '/v2/supplier-task-instances/bulk-update', {
      ids: [...new Set([a, a + 1, a + 2].map((n) => world.pick('v2_supplier_task_instances', n)))],
      changes: { notes: some(b), isApplied: b % 2 === 0 },
    }),
  'DELETE /v2 instance': remove('/v2/supplier-task-instances', 'v2_supplier_task_instances', 3),
}
