import { DAY_MS } from '../../kernel/due-date.js'
import { assignmentPlan, roundsFor } from './assignment-plan.js'
import type { Maker } from './maker.js'
import type { Project, Template } from './projects.js'
import { chance, integer } from './random.js'
import { daysBeforeBase, stamps, stored, storedOrNull } from './stored-date.js'
import { note, submissionFiles } from './texts.js'
import { workSince } from './work.js'

const FIRST_DAY = 330
const LAST_DAY = 30

/** Adds the assignments, each followed by its instances, over the 300 days up to a month before the base. */
export function addAssignments(
  maker: Maker,
  projects: readonly Project[],
  suppliers: readonly string[],
  instances: number,
): void {
  const step = ((FIRST_DAY - LAST_DAY) * DAY_MS) / (roundsFor(projects, instances) * projects.length)
  let index = 0
  for (const { supplierId, projectId, templates } of assignmentPlan(projects, suppliers, instances)) {
    const at = Math.floor(daysBeforeBase(FIRST_DAY) + index++ * step)
    const id = maker.newId(at)
    const ended = chance(maker.random, 0.08)
    const { createdAt, updatedAt } = stamps(maker.random, at, ended ? at + 20 * DAY_MS : undefined)
    const status = ended ? 'inactive' : 'active'
    const assignment = { id, supplierId, projectId, status, assignedAt: createdAt, createdAt, updatedAt }
    maker.insert('supplier_project_instances', assignment)
    templates.forEach((template, order) => addInstance(maker, id, template, at + order + 1))
  }
}

function addInstance(maker: Maker, supplierProjectInstanceId: string, template: Template, at: number): void {
  const { random } = maker
  const id = maker.newId(at)
  const { status, completedMs, updatedMs } = workSince(random, at)
  const overridden = chance(random, 0.15)
  const keepsDate = overridden || status === 'completed'
  const due = keepsDate ? template.earlierDueDate : template.dueDate
  maker.insert('supplier_task_instances', {
    id,
    supplierProjectInstanceId,
    projectMilestoneTaskId: template.id,
    status,
    dueDate: stored(random, due),
    actualDueDate: overridden ? stored(random, due + integer(random, -10, 30) * DAY_MS) : null,
    isApplied: chance(random, 0.96) ? 1 : 0,
    completedAt: storedOrNull(random, completedMs),
    notes: chance(random, 0.3) ? note(random) : null,
    submissionFiles: chance(random, 0.1) ? submissionFiles(random, id, updatedMs ?? at) : null,
    ...stamps(random, at, updatedMs),
  })
}
