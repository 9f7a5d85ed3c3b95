import { sql, type Kysely } from 'kysely'
import { booleanOf, instantOrNullOf } from '../../db/stored-instant.js'
import { equals, matching, type Conditions } from '../../v2/list-conditions.js'
import type { V1Tables } from '../tables.js'

interface Filters {
  projectId?: string
  taskTypeId?: string
  milestoneId?: string
}

const conditions: Conditions<Filters> = {
  projectId: equals('projectId'),
  taskTypeId: (id) => sql`milestoneId in (select id from milestones where taskTypeId = ${id})`,
  milestoneId: equals('milestoneId'),
}

/** What a shift needs of the project milestone tasks that the filters leave, ordered by id. */
export const listScheduled = (db: Kysely<V1Tables>, filters: Filters) =>
  db
    .selectFrom('project_milestone_tasks')
    .select(['id', 'projectId', 'milestoneId', 'taskId', instantOrNullOf('dueDate').as('dueDate')])
    .where(matching(conditions, filters))
    .orderBy('id')
    .execute()

/** Of the milestones, those that belong to a task type of which the project has an active task: as `<projectId>~<milestoneId>`. */
export async function listMilestonesInUse(db: Kysely<V1Tables>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ pair: string }>`
    select distinct task.projectId || '~' || sibling.id as pair from project_milestone_tasks as task
    join milestones as milestone on milestone.id = task.milestoneId
    join milestones as sibling on sibling.taskTypeId = milestone.taskTypeId
    where ${booleanOf('task.isActive')} = 1`.execute(db)
  return new Set(rows.map(({ pair }) => pair))
}

export async function findTaskTypeOfMilestone(db: Kysely<V1Tables>, id: string): Promise<string | undefined> {
  const milestone = await db
    .selectFrom('milestones')
    .select('taskTypeId')
    .where('id', '=', id)
    .executeTakeFirst()
  return milestone?.taskTypeId
}
