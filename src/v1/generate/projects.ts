import { DAY_MS } from '../../kernel/due-date.js'
import type { Milestone, TaskType } from './catalogue.js'
import type { Maker } from './maker.js'
import { placements, type Placement } from './misfiling.js'
import { chance, integer, type Random } from './random.js'
import { daysBeforeBase, dueDate, stamps, stored } from './stored-date.js'
import { note, projectName, responsibleParties } from './texts.js'

/** What an instance needs to know of its template. */
export interface Template {
  id: string
  dueDate: number
  /** The due date before it was moved: instances that keep their date still have it. */
  earlierDueDate: number
}

export interface Project {
  id: string
  /** The active ones. */
  templates: Template[]
}

/** Adds as many projects as suit a file with so many instances, without templates. */
export function addProjects(maker: Maker, instances: number): Project[] {
  const count = Math.max(3, Math.round(Math.sqrt(instances / 100)))
  return Array.from({ length: count }, (_, index) => {
    const at = daysBeforeBase(630) + index * 60_000
    const id = maker.newId(at)
    const description = index % 4 === 0 ? '' : 'Vehicle platform, all plants'
    maker.insert('projects', { id, name: projectName(index), description, ...stamps(maker.random, at) })
    return { id, templates: [] }
  })
}

/** Gives each project its due dates for tasks of about three of the task types. */
export function addTemplates(maker: Maker, projects: readonly Project[], types: readonly TaskType[]): void {
  const milestones = types.flatMap((type) => type.milestones)
  projects.forEach((project, index) => {
    const tasks = chosenMilestones(maker.random, types, index)
      .flatMap((milestone) => milestone.tasks)
      .filter(() => chance(maker.random, 0.6))
    for (const placement of placements(maker.random, tasks, milestones, index))
      addTemplate(maker, project, placement)
  })
}

/** Every third type, so that three projects between them use all, and a few more. */
const chosenMilestones = (random: Random, types: readonly TaskType[], project: number): Milestone[] =>
  types
    .filter((_, index) => (index + project) % 3 === 0 || chance(random, 0.1))
    .flatMap((type) => type.milestones)

function addTemplate(maker: Maker, project: Project, { task, milestone }: Placement): void {
  const { random } = maker
  const at = daysBeforeBase(integer(random, 400, 500)) + integer(random, 0, DAY_MS)
  const due = dueDate(random)
  const moved = chance(random, 0.1)
  const isActive = chance(random, 0.95)
  const id = maker.newId(at)
  maker.insert('project_milestone_tasks', {
    id,
    projectId: project.id,
    milestoneId: milestone.id,
    taskId: task.id,
    dueDate: stored(random, due),
    isActive: isActive ? 1 : 0,
    notes: chance(random, 0.2) ? note(random) : null,
    responsibleParties: responsibleParties(random),
    ...stamps(random, at, moved ? at + DAY_MS : undefined),
  })
  const earlierDueDate = moved ? due - 14 * DAY_MS : due
  if (isActive) project.templates.push({ id, dueDate: due, earlierDueDate })
}
