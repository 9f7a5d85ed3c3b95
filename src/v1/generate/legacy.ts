import { DAY_MS } from '../../kernel/due-date.js'
import { assignmentPlan } from './assignment-plan.js'
import type { TaskType } from './catalogue.js'
import type { Maker } from './maker.js'
import { chance, integer, pickWeighted, type Random } from './random.js'
import { daysBeforeBase, dueDate, stamps, stored, storedOrNull } from './stored-date.js'
import { note } from './texts.js'
import { workSince } from './work.js'

interface LegacyTemplate {
  id: string
  dueDate: number
}

export interface LegacyProject {
  id: string
  templates: LegacyTemplate[]
}

/** Adds a template for most of the task types to each project. */
export const addLegacyTemplates = (
  maker: Maker,
  projects: readonly { id: string }[],
  types: readonly TaskType[],
): LegacyProject[] =>
  projects.map(({ id }, index) => ({
    id,
    templates: types
      .filter((_, type) => (type + index) % 4 > 0)
      .map((type) => addLegacyTemplate(maker, id, type)),
  }))

function addLegacyTemplate(maker: Maker, projectId: string, type: TaskType): LegacyTemplate {
  const { random } = maker
  const at = daysBeforeBase(integer(random, 590, 600))
  const template = { id: maker.newId(at), dueDate: dueDate(random) }
  maker.insert('task_templates_old', {
    id: template.id,
    taskTypeId: type.id,
    projectId,
    canonicalDue: stored(random, template.dueDate),
    description: chance(random, 0.6) ? `${type.name}, all parts` : null,
    ...stamps(random, at),
  })
  return template
}

export interface LegacyPlan {
  suppliers: readonly string[]
  instances: number
  /** Where the active model's assignments end, so that some legacy pairs are among those and some are not. */
  firstRound: number
}

export function addLegacyAssignments(
  maker: Maker,
  projects: readonly LegacyProject[],
  plan: LegacyPlan,
): void {
  const { suppliers, instances, firstRound } = plan
  let at = daysBeforeBase(580)
  for (const { supplierId, projectId, templates } of assignmentPlan(
    projects,
    suppliers,
    instances,
    firstRound,
  )) {
    const id = maker.newId(++at)
    const status = chance(maker.random, 0.08) ? 'inactive' : 'active'
    const assignedAt = stored(maker.random, at)
    maker.insert('supplier_projects_old', { id, supplierId, projectId, assignedAt, status })
    for (const template of templates) addLegacyInstance(maker, id, template, ++at)
  }
}

function addLegacyInstance(
  maker: Maker,
  supplierProjectId: string,
  template: LegacyTemplate,
  at: number,
): void {
  const { random } = maker
  const { status, completedMs, updatedMs } = workSince(random, at)
  maker.insert('task_instances_old', {
    id: maker.newId(at),
    supplierProjectId,
    taskTemplateId: template.id,
    status,
    actualDue: storedOrNull(random, actualDue(random, template.dueDate)),
    completedAt: storedOrNull(random, completedMs),
    notes: chance(random, 0.3) ? note(random) : null,
    ...stamps(random, at, updatedMs),
  })
}

/** Some say again what the template says, which is no override. */
const actualDue = (random: Random, canonicalDue: number): number | null =>
  pickWeighted(random, [
    [null, 0.6],
    [canonicalDue, 0.15],
    [canonicalDue + integer(random, 1, 30) * DAY_MS, 0.25],
  ])
