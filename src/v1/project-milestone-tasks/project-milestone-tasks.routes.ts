import type { Transaction } from 'kysely'
import { write } from '../../db/database.js'
import { signed } from '../../http/auth.js'
import { etagOf } from '../../http/etag.js'
import {
  createRoute,
  deleteRoute,
  getMatchingRow,
  getRow,
  readRoutes,
  type Context,
  type Values,
} from '../../http/resource.js'
import { IdParams } from '../../http/schemas.js'
import type { App } from '../../http/type-provider.js'
import { fromWire, toWire } from '../../http/wire.js'
import { invalidInput } from '../../kernel/problem.js'
import type { V1Tables } from '../tables.js'
import { addProjectMilestoneTask, changeProjectMilestoneTask } from './change-project-milestone-task.js'
import {
  deleteProjectMilestoneTask,
  findProjectMilestoneTask,
  listProjectMilestoneTasks,
} from './project-milestone-tasks.repository.js'
import {
  ChangedProjectMilestoneTask,
  CreateProjectMilestoneTask,
  PatchProjectMilestoneTask,
  ProjectMilestoneTask,
  ProjectMilestoneTaskFilters,
} from './project-milestone-tasks.schemas.js'

type Creation = Values<typeof CreateProjectMilestoneTask>

/** @param hasResponsibleParties whether the file has that column */
export function projectMilestoneTaskRoutes(
  app: App,
  context: Context<V1Tables>,
  hasResponsibleParties: boolean,
): void {
  const storable = hasResponsibleParties ? allStorable : withoutResponsibleParties
  const resource = {
    ...projectMilestoneTasks,
    list: listProjectMilestoneTasks(hasResponsibleParties),
    find: findProjectMilestoneTask(hasResponsibleParties),
    insert: (trx: Transaction<V1Tables>, values: Creation, now: number) =>
      addProjectMilestoneTask(trx, storable(values), now),
    storable,
  }
  readRoutes(app, context, resource)
  createRoute(app, context, resource)
  changeRoute(app, context, resource)
  deleteRoute(app, context, resource)
}

const projectMilestoneTasks = {
  path: 'project-milestone-tasks',
  name: 'ProjectMilestoneTask',
  plural: 'ProjectMilestoneTasks',
  noun: 'project milestone task',
  item: ProjectMilestoneTask,
  create: CreateProjectMilestoneTask,
  filters: ProjectMilestoneTaskFilters,
  remove: deleteProjectMilestoneTask,
}

interface Changeable {
  noun: string
  item: typeof ProjectMilestoneTask
  find: ReturnType<typeof findProjectMilestoneTask>
  storable: typeof allStorable
}

function changeRoute(app: App, { db, now }: Context<V1Tables>, resource: Changeable): void {
  const config = { group: 'taskWrite' } as const
  app.patch('/project-milestone-tasks/:id', { schema: change, config }, async (request, reply) => {
    const at = now()
    const values = resource.storable(fromWire(PatchProjectMilestoneTask, request.body))
    const { row, propagation } = await write(signed(db, request), async (trx) => {
      const before = await getMatchingRow(resource, trx, request, at)
      const propagation = await changeProjectMilestoneTask(trx, before, values, at)
      return { row: await getRow(resource, trx, before.id, at), propagation }
    })
    const item = toWire(ProjectMilestoneTask, row)
    void reply.header('etag', etagOf(item))
    return { ...item, propagation }
  })
}

const change = {
  operationId: 'updateProjectMilestoneTask',
  summary: 'Change a project milestone task; a new due date is carried to its instances',
  description:
    'Instances that are completed, or have an agreed date of their own, keep their due date; the answer counts both.',
  tags: ['ProjectMilestoneTasks'],
  params: IdParams,
  body: PatchProjectMilestoneTask,
  response: { 200: ChangedProjectMilestoneTask },
  'x-etag': true,
}

interface Storable {
  responsibleParties?: string | null
}

const allStorable = <Body extends Storable>(values: Body): Body => values

/** @throws Problem `invalid-input`: the file has no such column, and the text must not get lost in silence */
function withoutResponsibleParties<Body extends Storable>(values: Body): Body {
  if (values.responsibleParties === undefined) return values
  throw invalidInput([{ path: '/responsibleParties', message: 'has no column in this older database' }])
}
