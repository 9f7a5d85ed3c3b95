import type { Milestone, Task } from './catalogue.js'
import { pick, type Random } from './random.js'

/** A task that a project asks for, under a milestone that need not be the task's own. */
export interface Placement {
  task: Task
  milestone: Milestone
}

interface Misfiling {
  /** Stays under its own milestone too: one task twice in a project. */
  twice: boolean
  fits: (task: Task, milestone: Milestone) => boolean
}

const sameType = (task: Task, milestone: Milestone) => milestone.taskTypeId === task.milestone.taskTypeId
const nameIsTaken = (task: Task, milestone: Milestone) =>
  milestone.tasks.some(({ name }) => name === task.name)

const misfilings: readonly Misfiling[] = [
  { twice: false, fits: sameType },
  { twice: true, fits: sameType },
  { twice: false, fits: (task, milestone) => !sameType(task, milestone) },
  { twice: false, fits: nameIsTaken },
]

const EVERY = 12

/** Files the tasks under their milestones, and every twelfth one astray, each way in turn. */
export function placements(
  random: Random,
  tasks: readonly Task[],
  milestones: readonly Milestone[],
  firstWay: number,
): Placement[] {
  return tasks.flatMap((task, index) => {
    const own = { task, milestone: task.milestone }
    const misfiling = misfilings[(firstWay + Math.floor(index / EVERY)) % misfilings.length]
    if (index % EVERY !== EVERY / 2 || misfiling === undefined) return [own]
    const targets = milestones.filter(
      (milestone) => milestone !== own.milestone && misfiling.fits(task, milestone),
    )
    if (targets.length === 0) return [own]
    const astray = { task, milestone: pick(random, targets) }
    return misfiling.twice ? [own, astray] : [astray]
  })
}
