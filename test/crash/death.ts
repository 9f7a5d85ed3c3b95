import { setTimeout as pause } from 'node:timers/promises'
import { endStates, operatorAt, type Job, type Operator } from './operator.js'
import type { Life } from './server-life.js'
import type { Chapter, Thread } from './story.js'

/** How a life of the server ends: at a named point, so long after it took the job, or while that is paused. */
export type Death = { at: string; nth: number } | { afterMs: number } | 'paused'

/** A life of the server in a chapter; without a death it lasts until the job has ended. */
export interface Part {
  thread: Thread
  chapter: Chapter
  number: number
  death: Death | undefined
}

/** Without a planned death the server is killed so soon after the job's end. */
const AFTER_THE_END_MS = 300

/** What the server did when it was killed at random is in its journal. */
export async function tallyLast(thread: Thread, operator: Operator): Promise<void> {
  if (!thread.wasKilledAtRandom) return
  thread.wasKilledAtRandom = false
  const job = await operator.newest()
  const isIdle = job === undefined || endStates.includes(job.state)
  thread.tally.killedIn(isIdle ? 'idle' : job.state === 'paused' ? 'paused' : (job.phase ?? 'queued'))
}

/** Sees to it that the server dies, and says what was not as planned. `job`: undefined once it has died. */
export async function dieAsPlanned(part: Part, life: Life, job: Job | undefined): Promise<string[]> {
  const { thread, death } = part
  const point = typeof death === 'object' && 'at' in death ? death.at : undefined
  if (job === undefined) {
    const { signal, code } = await life.ended
    if (point === undefined || signal !== 'SIGKILL') return [`the server ended with ${code ?? signal}`]
    thread.tally.killedAt(point)
    return []
  }
  const problems =
    point === undefined
      ? await whyNotAsPlanned(part, life, job)
      : [`the point was not reached: ${describe(job)}`]
  life.signal('SIGKILL')
  await life.ended
  if (death === 'paused' && job.state === 'paused') thread.tally.killedIn('paused')
  else thread.wasKilledAtRandom = true
  return problems
}

/** After the last life of a chapter: the job and the database are what they should be. */
async function whyNotAsPlanned({ thread, chapter, death }: Part, life: Life, job: Job): Promise<string[]> {
  if (death !== undefined) return []
  thread.past.add(job.id)
  const stage = await operatorAt(await life.address).stage()
  await pause(thread.random() * AFTER_THE_END_MS)
  return [
    ...(job.state === chapter.endsAs ? [] : [`the job should have ${chapter.endsAs}: ${describe(job)}`]),
    ...(stage === chapter.leaves ? [] : [`the database is ${stage}, not ${chapter.leaves}`]),
  ]
}

const describe = ({ state, phase, error, report }: Job): string =>
  JSON.stringify({ state, phase, error, failed: report?.checks.filter(({ status }) => status === 'failed') })
