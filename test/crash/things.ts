import { storedInstant } from '../../src/db/stored-instant.js'
import type { Handle } from '../../src/db/database.js'
import { getAll, type ApiClient } from '../../scripts/demo/api-client.js'

/** Names of tasks that the load adds begin so. */
export const TASK_MARK = 'Load '

export const instanceThing = (id: string) => `instance ${id}`
export const templateThing = (id: string) => `template ${id}`
export const taskThing = (name: string) => `task ${name}`
export const assignmentThing = (supplierId: string, projectId: string) =>
  `assignment ${supplierId} ${projectId}`

export const instanceValue = (status: string, notes: string | null) => `${status}, ${notes ?? 'no notes'}`
/** A due date, and how many instances did not follow it: half a propagation is none. */
export const templateValue = (dueDate: number, left: number) =>
  `${dueDate}${left === 0 ? '' : `, but ${left} instances`}`
export const present = 'present'
export const assignmentValue = (instances: number) => `${instances} instances`

interface Names {
  instances: string
  templates: string
  tasks: string
  /** The column of an instance that names its template. */
  template: string
}

const v1: Names = {
  instances: 'supplier_task_instances',
  templates: 'project_milestone_tasks',
  tasks: 'tasks',
  template: 'projectMilestoneTaskId',
}
const v2: Names = {
  instances: 'v2_supplier_task_instances',
  templates: 'v2_project_task_templates',
  tasks: 'v2_tasks',
  template: 'projectTaskTemplateId',
}

/** Every thing that a version of the schema holds, and its value. */
export function readThings(db: Handle, version: 'v1' | 'v2'): Map<string, string> {
  const { instances, templates, tasks, template } = version === 'v1' ? v1 : v2
  const moved = `i.${template} = t.id AND i.actualDueDate IS NULL AND i.status <> 'completed'`
  const rows = <Row>(sql: string) => db.prepare(sql).all() as Row[]
  return new Map([
    ...rows<{ id: string; status: string; notes: string | null }>(
      `SELECT id, status, notes FROM ${instances}`,
    ).map((row) => [instanceThing(row.id), instanceValue(row.status, row.notes)] as const),
    ...rows<{ id: string; dueDate: number; left: number }>(
      `SELECT t.id, ${storedInstant('t.dueDate')} AS dueDate, (SELECT count(*) FROM ${instances} i
         WHERE ${moved} AND ${storedInstant('i.dueDate')} IS NOT ${storedInstant('t.dueDate')}) AS left
       FROM ${templates} t`,
    ).map((row) => [templateThing(row.id), templateValue(row.dueDate, row.left)] as const),
    ...rows<{ name: string }>(`SELECT name FROM ${tasks} WHERE name LIKE '${TASK_MARK}%'`).map(
      ({ name }) => [taskThing(name), present] as const,
    ),
    ...rows<{ supplierId: string; projectId: string; instances: number }>(
      `SELECT a.supplierId, a.projectId, (SELECT count(*) FROM ${instances} i WHERE i.supplierProjectInstanceId = a.id)
         AS instances FROM supplier_project_instances a`,
    ).map((row) => [assignmentThing(row.supplierId, row.projectId), assignmentValue(row.instances)] as const),
  ])
}

interface Instance {
  status: string
  notes: string | null
  dueDate: string
  actualDueDate: string | null
}

const routes = {
  v1: { templates: 'project-milestone-tasks', template: 'projectMilestoneTaskId' },
  v2: { templates: 'project-task-templates', template: 'projectTaskTemplateId' },
}

/** Asks for things as a client does; undefined where one is not there. */
export type AskThing = (thing: string) => Promise<string | undefined>

export function thingsOver(client: ApiClient, version: 'v1' | 'v2'): AskThing {
  const { templates, template } = routes[version]
  const list = <Item>(path: string) => getAll<Item>(client, `/${version}/${path}`)
  const find = async <Item>(path: string) => {
    const { status, body } = await client.request('GET', `/${version}/${path}`)
    if (status !== 200 && status !== 404) throw new Error(`GET ${path} answered ${status}`)
    return status === 200 ? (body as Item) : undefined
  }
  let tasks: Promise<Set<string>> | undefined
  const askers: Record<string, (id: string, second: string) => Promise<string | undefined>> = {
    async instance(id) {
      const found = await find<Instance>(`supplier-task-instances/${id}`)
      return found && instanceValue(found.status, found.notes)
    },
    async template(id) {
      const found = await find<Instance>(`${templates}/${id}`)
      if (found === undefined) return undefined
      const instances = await list<Instance>(`supplier-task-instances?${template}=${id}`)
      const left = instances.filter(
        ({ actualDueDate, status, dueDate }) =>
          actualDueDate === null && status !== 'completed' && dueDate !== found.dueDate,
      )
      return templateValue(Date.parse(found.dueDate), left.length)
    },
    async assignment(supplierId, projectId) {
      const [found] = await list<{ id: string }>(
        `supplier-project-instances?supplierId=${supplierId}&projectId=${projectId}`,
      )
      if (found === undefined) return undefined
      return assignmentValue(
        (await list(`supplier-task-instances?supplierProjectInstanceId=${found.id}`)).length,
      )
    },
  }
  return async (thing) => {
    const [kind = '', first = '', second = ''] = thing.split(' ')
    const asker = askers[kind]
    if (asker !== undefined) return asker(first, second)
    // Tasks are known by their names, which no route looks for.
    tasks ??= list<{ name: string }>('tasks').then((all) => new Set(all.map(({ name }) => taskThing(name))))
    return (await tasks).has(thing) ? present : undefined
  }
}
