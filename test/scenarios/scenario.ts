import type { Answer, Tracker } from './tracker.js'

/** The rules of the business that scenarios are about, and the versions that have them. */
export const rules = {
  'effective due date': ['v1', 'v2'],
  propagation: ['v1', 'v2'],
  shift: ['v1', 'v2'],
  statuses: ['v1', 'v2'],
  completion: ['v1', 'v2'],
  blocked: ['v2'],
  applied: ['v1', 'v2'],
  open: ['v1', 'v2'],
  overdue: ['v1', 'v2'],
  'due next 7 days': ['v1', 'v2'],
  'blocked count': ['v1', 'v2'],
  assignment: ['v1', 'v2'],
  'new template': ['v1', 'v2'],
  dashboard: ['v1', 'v2'],
  'sub-tasks': ['v2'],
  materialise: ['v2'],
} as const satisfies Record<string, readonly ('v1' | 'v2')[]>

/**
 * What users see of one rule. It is played in each version that has the rule, and has to come out the
 * same: `expected` stands here once.
 */
export interface Scenario {
  rule: keyof typeof rules
  /** Completes the sentence that the rule begins. */
  says: string
  play(tracker: Tracker): Promise<unknown>
  expected: unknown
}

export const NOW = '2026-03-01T00:00:00.000Z'

/** An instant as a day, where it is midnight UTC. */
export const day = (instant: string | null): string | null => instant?.replace('T00:00:00.000Z', '') ?? null

/** A project with tasks of one task type in one section, and suppliers who work on it. */
export async function givenWork(
  tracker: Tracker,
  { dueDates, suppliers }: { dueDates: string[]; suppliers: number },
) {
  const projectId = await tracker.project()
  const taskTypeId = await tracker.taskType()
  const sectionId = await tracker.section(taskTypeId)
  const templates: string[] = []
  for (const dueDate of dueDates) {
    const taskId = await tracker.task({ taskTypeId, sectionId })
    templates.push(made(await tracker.addTemplate({ projectId, sectionId, taskId, dueDate })))
  }
  const supplierIds: string[] = []
  for (let n = 0; n < suppliers; n++) supplierIds.push(await tracker.supplier())
  const assignments: string[] = []
  for (const supplierId of supplierIds) assignments.push(made(await tracker.assign(supplierId, projectId)))
  return { projectId, taskTypeId, sectionId, templates, suppliers: supplierIds, assignments }
}

const made = ({ body, refused }: Answer<{ id: string }>) => {
  if (refused !== undefined) throw new Error(JSON.stringify(body))
  return body.id
}

/** One template, with an instance for each supplier, ordered as the suppliers were made. */
export async function givenInstances(tracker: Tracker, dueDate: string, suppliers: number) {
  const work = await givenWork(tracker, { dueDates: [dueDate], suppliers })
  const [templateId = ''] = work.templates
  const instances: string[] = []
  for (const assignmentId of work.assignments)
    for (const { id } of await tracker.instances({ assignmentId })) instances.push(id)
  return { ...work, templateId, instances }
}

/** One more template of the same section, due on 2026-05-10. */
export async function anotherTemplate(
  tracker: Tracker,
  { projectId, taskTypeId, sectionId }: { projectId: string; taskTypeId: string; sectionId: string },
  fields: { isActive?: boolean } = {},
) {
  const taskId = await tracker.task({ taskTypeId, sectionId })
  return tracker.addTemplate({ projectId, sectionId, taskId, dueDate: '2026-05-10', ...fields })
}

export const countOf = async (tracker: Tracker, filter: Record<string, string> = {}) =>
  (await tracker.instances(filter)).length
