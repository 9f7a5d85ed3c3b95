import { setTimeout as pause } from 'node:timers/promises'
import { checkLife } from './check-life.js'
import { endStates, operatorAt, type Job, type Operator } from './operator.js'
import { startLife, type Life } from './server-life.js'
import { dieAsPlanned, tallyLast, type Part } from './death.js'
import type { Chapter, Thread } from './story.js'
import { startLoad, type Load } from './write-load.js'

/** A killed server's lease is void after five seconds, and looked at every two. */
const LONGEST_WAIT_MS = 120_000
const STILL_STARTING_MS = 1_200
/** How many of the lives end before they listen, and are lived again. */
const OFTEN_STARTING = 0.12

/** One life of the server: it is checked, loaded, works on the chapter's job, and is killed. */
export async function live(part: Part): Promise<string[]> {
  await dieStarting(part.thread)
  const life = startLife(part.thread.path, fateOf(part))
  const begun: { load?: Load } = {}
  const problems: string[] = []
  try {
    // Its death may come at any moment, also before it listens.
    const job = await unlessDead(life, async () => {
      const operator = operatorAt(await life.address)
      begun.load = await meet(part, operator, problems)
      return work(part, life, operator)
    })
    problems.push(...(await dieAsPlanned(part, life, job)))
  } catch (error) {
    problems.push(`${String(error)}\n${life.told()}`)
    life.signal('SIGKILL')
    await life.ended
  }
  await begun.load?.stop()
  return [...problems, ...(begun.load?.problems ?? [])]
}

/** Nothing of what the lives before have promised is lost; then everybody writes. */
async function meet({ thread }: Part, operator: Operator, problems: string[]): Promise<Load> {
  await tallyLast(thread, operator)
  problems.push(...(await checkLife(operator, thread.path, thread.log)))
  const isCutOver = (await operator.stage()) === 'cutover'
  return startLoad({ address: operator.address, isCutOver }, thread.hands, thread.log)
}

/** Now and then the server is killed before it listens. */
async function dieStarting({ path, random, tally, clerks }: Thread): Promise<void> {
  if (clerks === 0 || random() > OFTEN_STARTING) return
  const life = startLife(path)
  await pause(random() * STILL_STARTING_MS)
  life.signal('SIGKILL')
  await life.ended
  tally.killedIn('starting')
}

function fateOf({ thread, chapter, death }: Part) {
  const isNamed = typeof death === 'object' && 'at' in death
  return {
    ...(isNamed ? { signalAt: `SIGKILL ${death.at} #${death.nth}` } : {}),
    ...(thread.pointsTo === undefined ? {} : { pointsTo: thread.pointsTo(chapter) }),
  }
}

/** What `act` gives; undefined when the server was killed meanwhile. */
async function unlessDead<Result>(life: Life, act: () => Promise<Result>): Promise<Result | undefined> {
  const dead = life.ended.then(() => undefined)
  const acting = act().catch(async (error: unknown) => {
    await Promise.race([dead, pause(1_000)])
    if (!life.hasEnded()) throw error
    return undefined
  })
  return Promise.race([acting, dead])
}

/** The job as it is when this life has to end. */
async function work({ thread, chapter, number, death }: Part, life: Life, operator: Operator): Promise<Job> {
  const id = await beginJob(thread, chapter, life, operator)
  await chapter.meanwhile?.({ operator, id, life: number, path: thread.path })
  if (death === 'paused') {
    await operator.ask(id, 'pause')
    return operator.until(id, ['paused', ...endStates])
  }
  if (typeof death === 'object' && 'afterMs' in death) {
    await pause(death.afterMs)
    return operator.get(id)
  }
  const job = await operator.until(id, ['paused', ...endStates])
  if (job.state === 'paused') await operator.ask(id, 'resume')
  return operator.until(id, endStates)
}

/** Asks for the chapter's job, or waits until the server goes on with it by itself. */
async function beginJob(
  thread: Thread,
  { job, options }: Chapter,
  life: Life,
  operator: Operator,
): Promise<string> {
  const newest = await operator.newest()
  if (newest === undefined || thread.past.has(newest.id)) return (await operator.start(job, options)).id
  if (endStates.includes(newest.state)) return newest.id
  const tookMs = await Promise.race([life.takesOver, pause(LONGEST_WAIT_MS)])
  if (typeof tookMs !== 'number') throw new Error('Nobody goes on with the job.')
  thread.tally.goOnMs.push(tookMs)
  return newest.id
}
