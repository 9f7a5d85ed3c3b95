import { openReaderHandle } from '../../src/db/database.js'
import type { Stage } from '../../src/kernel/api-groups.js'
import type { JobState } from '../../src/migration/job.js'
import { checkLife } from './check-life.js'
import { dealHands, type Hand } from './hands.js'
import type { Death } from './death.js'
import { live } from './one-life.js'
import { endStates, operatorAt, type Operator } from './operator.js'
import { startLife } from './server-life.js'
import type { Tally } from './tally.js'
import { readThings } from './things.js'
import { createWriteLog, type WriteLog } from './write-log.js'

/** A job, from the request to its end, through as many lives of the server as it takes. */
export interface Chapter {
  title: string
  job: string
  options?: object
  deaths: readonly Death[]
  endsAs: JobState
  /** The stage of the database afterwards. */
  leaves: Stage
  /** What the operator or another program does once the job has begun, in each of its lives. */
  meanwhile?: (scene: { operator: Operator; id: string; life: number; path: string }) => Promise<void>
  /** What is done to the file between its last life and the next chapter. */
  afterwards?: (path: string) => void | Promise<void>
}

export interface Story {
  path: string
  chapters: readonly Chapter[]
  /** How many write meanwhile. */
  clerks: number
  random: () => number
  tally: Tally
  /** The file in which a chapter's points are written down as they are reached. */
  pointsTo?: (chapter: Chapter) => string
}

/** What goes on from one life of the server to the next. */
export interface Thread extends Story {
  log: WriteLog
  hands: readonly Hand[]
  problems: string[]
  /** The jobs of the chapters before. */
  past: Set<string>
  wasKilledAtRandom: boolean
}

/** Kills the server again and again, as planned, and gives everything that was not as it must be. */
export async function tellStory(story: Story): Promise<Pick<Thread, 'problems' | 'log'>> {
  const thread: Thread = {
    ...story,
    ...dealt(story),
    problems: [],
    past: new Set(),
    wasKilledAtRandom: false,
  }
  for (const chapter of story.chapters) {
    for (const [number, death] of [...chapter.deaths, undefined].entries()) {
      // What comes after a difference would only repeat it.
      if (thread.problems.length > 0) return thread
      const title = `${chapter.title}, life ${number + 1}, ${death === undefined ? 'to the end' : JSON.stringify(death)}`
      const found = await live({ thread, chapter, number, death })
      thread.problems.push(...found.map((problem) => `${title}: ${problem}`))
    }
    await chapter.afterwards?.(story.path)
  }
  if (thread.problems.length === 0) await liveInPeace(thread)
  return thread
}

function dealt({ path, clerks }: Story): Pick<Thread, 'log' | 'hands'> {
  const db = openReaderHandle(path)
  try {
    return { log: createWriteLog(readThings(db, 'v1')), hands: dealHands(db, clerks) }
  } finally {
    db.close()
  }
}

/** The last life: nobody writes, everything ever written is asked for, and a validation has nothing to say. */
async function liveInPeace({ path, log, problems }: Thread): Promise<void> {
  const life = startLife(path)
  const operator = operatorAt(await life.address)
  problems.push(...(await checkLife(operator, path, log, log.things())))
  const { id } = await operator.start('validate')
  const { state, report } = await operator.until(id, endStates)
  if (state !== 'succeeded') problems.push(`the last validation ${state}: ${JSON.stringify(report?.checks)}`)
  life.signal('SIGTERM')
  const { code } = await life.ended
  if (code !== 0) problems.push(`the last server ended with ${code}\n${life.told()}`)
}
