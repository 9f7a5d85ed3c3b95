import { taskNames, taskTypes } from './catalogue-data.js'
import type { Maker } from './maker.js'
import { chance, integer, sample } from './random.js'
import { daysBeforeBase, stamps } from './stored-date.js'

export interface TaskType {
  id: string
  name: string
  milestones: Milestone[]
}

export interface Milestone {
  id: string
  taskTypeId: string
  tasks: Task[]
}

export interface Task {
  id: string
  name: string
  milestone: Milestone
}

type Plan = (typeof taskTypes)[number]

/** Adds the task types, and nothing below them. */
export const addTaskTypes = (maker: Maker): TaskType[] =>
  taskTypes.map(({ name, category }, index) => {
    const at = daysBeforeBase(700) + index * 60_000
    const id = maker.newId(at)
    const description = index % 3 === 0 ? '' : `${name} of suppliers`
    maker.insert('task_types', { id, name, category, description, ...stamps(maker.random, at) })
    return { id, name, milestones: [] }
  })

/** Adds the milestones and tasks of each type. */
export function addMilestones(maker: Maker, types: readonly TaskType[]): void {
  types.forEach((type, index) => {
    const plan = taskTypes[index]
    plan?.milestones.forEach((_, sequence) => type.milestones.push(addMilestone(maker, type, plan, sequence)))
  })
}

function addMilestone(maker: Maker, type: TaskType, plan: Plan, index: number): Milestone {
  const { random } = maker
  const [code, name, empty] = plan.milestones[index] ?? ['', '']
  const at = daysBeforeBase(650) + index * 60_000
  const milestone: Milestone = { id: maker.newId(at), taskTypeId: type.id, tasks: [] }
  const description = chance(random, 0.5) ? `${name} (${plan.name})` : null
  maker.insert('milestones', {
    id: milestone.id,
    taskTypeId: type.id,
    code,
    name,
    description,
    sequence: index + 1,
    isRequired: chance(random, 0.9) ? 1 : 0,
    ...stamps(random, at),
  })
  if (empty === undefined) addTasks(maker, milestone, taskNames[plan.category])
  return milestone
}

function addTasks(maker: Maker, milestone: Milestone, names: readonly string[]): void {
  const { random } = maker
  sample(random, names, integer(random, 4, 10)).forEach((name, index) => {
    const at = daysBeforeBase(640) + index * 60_000
    const task: Task = { id: maker.newId(at), name, milestone }
    milestone.tasks.push(task)
    maker.insert('tasks', {
      id: task.id,
      milestoneId: milestone.id,
      name,
      description: chance(random, 0.3) ? `${name}, as agreed with the planner` : null,
      sequence: index + 1,
      isRequired: chance(random, 0.8) ? 1 : 0,
      ...stamps(random, at),
    })
  })
}
