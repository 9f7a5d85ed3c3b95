/**
 * v2 has tasks without a section, v1 has none without a milestone: there they are in a milestone of their
 * task type that exists for this alone, and is no section.
 */
const PREFIX = 'unsectioned~'

/** Such a milestone of the task type; NULL where it has none. A console may have moved others there. */
const unsectionedMilestone = (taskTypeId: string): string => `(
    SELECT o.id FROM milestones o WHERE o.taskTypeId = ${taskTypeId} AND o.id GLOB '${PREFIX}*' ORDER BY o.id LIMIT 1)`

/** Its code is its id: any other could be one that the task type has, or comes to have. */
const makeMilestone = (
  when: string,
) => `INSERT INTO milestones (id, taskTypeId, code, name, sequence, isRequired, createdAt, updatedAt)
    SELECT made.id, NEW.taskTypeId, made.id, 'Unsectioned', 0, 0, NEW.createdAt, NEW.updatedAt
    FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM milestones o WHERE o.id = '${PREFIX}' || NEW.taskTypeId)
      THEN '${PREFIX}' || NEW.taskTypeId || '~' || NEW.id ELSE '${PREFIX}' || NEW.taskTypeId END AS id) made
    WHERE NEW.sectionId IS NULL AND ${unsectionedMilestone('NEW.taskTypeId')} IS NULL ${when}`

/** Makes the milestone for tasks without a section, where the task type of v2's new row lacks it. */
export const makeUnsectioned = makeMilestone('')

/** The same for a row that changes: a task type whose id changes takes its milestones along. */
export const makeUnsectionedOnUpdate = makeMilestone(
  'AND EXISTS (SELECT 1 FROM task_types WHERE id = OLD.taskTypeId)',
)

/** SQL */
export const isUnsectioned = (milestoneId: string): string => `${milestoneId} GLOB '${PREFIX}*'`

export const isUnsectionedId = (milestoneId: string): boolean => milestoneId.startsWith(PREFIX)

/** The section of a v1 row in that milestone. */
export const sectionOf = (milestoneId: string): string =>
  `CASE WHEN ${isUnsectioned(milestoneId)} THEN NULL ELSE ${milestoneId} END`

/** The milestone of a v2 row with these two. */
export const milestoneOf = (sectionId: string, taskTypeId: string): string =>
  `coalesce(${sectionId}, ${unsectionedMilestone(taskTypeId)})`
