import { join } from 'node:path'
import t, { type Test } from 'tap'
import { activeFile } from './active-file.js'
import { seededRandom } from '../../src/v1/generate/random.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { temporaryFolder } from '../helper.js'
import { INSTANCES, takeCensus } from './census.js'
import { chapters } from './chapters.js'
import { effort } from './effort.js'
import { chaptersOfLane, pointsOf, type PlannedPoint } from './plan.js'
import { tellStory } from './story.js'
import { createTally, tallyLines, type Tally } from './tally.js'

/** Files, each with its own server: most of the time they wait for the lease of a killed one. */
const LANES = 2
const CLERKS = 2

/** What the census must have found, whatever else it finds. */
const namedPoints = [
  'start: in a transaction',
  'start: after a transaction',
  'queued: a worker begins',
  'assess: ends',
  'expand: in a transaction',
  'expand: after a transaction',
  'backfill: in a transaction',
  'backfill: after a transaction',
  'validate: rests',
  'validate: in a transaction',
  'end: in a transaction',
  'undo of expand: in a transaction',
  'undo of expand: after a transaction',
  'cutover: in a transaction',
  'cutover: after a transaction',
  'backup: rests',
  'backup: ends',
  'rollback: in a transaction',
  'rollback: after a transaction',
  'dry run, backfill: in a transaction',
]
/** Where only chance, or the harness itself, kills. */
const otherPhases = ['starting', 'paused', 'idle']

/**
 * Jobs that have no chapter: they are phases of one that has, or the end of the story, or undo what it has told
 * (job-kills.spec.ts).
 */
const withoutChapter = ['assess', 'validate', 'contract', 'restore']

/** Every file goes through all the chapters; each point falls to one of them. */
async function killEverywhere(t: Test, points: readonly PlannedPoint[], seed: number, tally: Tally) {
  const lane = async (lane: number) => {
    const path = join(temporaryFolder(t), 'app.db')
    activeFile({ path, instances: INSTANCES, seed: seed + lane })
    const random = seededRandom(seed + lane)
    const plan = chaptersOfLane(points, { lane, lanes: LANES, random })
    const { problems, log } = await tellStory({ path, chapters: plan, clerks: CLERKS, random, tally })
    t.same(problems, [], `file ${lane + 1} of the round with SEED=${seed}`)
    return log.counts
  }
  return Promise.all(Array.from({ length: LANES }, (_, n) => lane(n)))
}

t.test('a server that is killed at any instant', { timeout: effort.limitMs }, async (t) => {
  const tally = createTally()
  const points = pointsOf(await takeCensus(t, Object.values(chapters)))
  const writes = { acknowledged: 0, refused: 0, unanswered: 0 }

  t.test('loses nothing, and the next one goes on to the end', async (t) => {
    for (let round = 0; round === 0 || (tally.kills < effort.kills && t.passing()); round++) {
      for (const counts of await killEverywhere(t, points, effort.seed + round * LANES, tally))
        for (const key of ['acknowledged', 'refused', 'unanswered'] as const) writes[key] += counts[key]
      t.comment(`round ${round + 1}: ${tally.kills} kills, writes ${JSON.stringify(writes)}`)
    }
    for (const line of tallyLines(tally)) t.comment(line)
  })

  t.test('was killed often enough, in every phase and at every point', async (t) => {
    const missed = (names: readonly string[], met: ReadonlyMap<string, number>) =>
      names.filter((name) => !met.has(name))
    t.ok(tally.kills >= effort.kills, `${tally.kills} kills`)
    t.same(missed([...namedPoints, ...points.map(({ point }) => point)], tally.points), [])
    t.same(missed(otherPhases, tally.phases), [])
    t.ok(
      writes.acknowledged > 1_000 && writes.refused > 100 && writes.unanswered > 20,
      JSON.stringify(writes),
    )
  })

  t.test('was killed in every kind of job', async (t) => {
    const covered: string[] = [...Object.values(chapters).map(({ job }) => job), ...withoutChapter]
    t.same(
      jobKinds.filter(({ name }) => !covered.includes(name)).map(({ name }) => name),
      [],
      'a new job needs a chapter in chapters.ts',
    )
  })
})
