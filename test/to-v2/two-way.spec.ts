import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { resolveReplaced } from '../../src/v1/to-v2/sync/touched-rows.js'
import { mappingFor } from '../../src/v1/to-v2/v1-shape.js'
import { runHere } from './migrated.js'
import { dashboardDifferences, differences, disturbed, readV2Only } from './two-way/equal.js'
import { overwritten, readUnfit, unheld } from './two-way/held.js'
import {
  awkwardKinds,
  awkwardOnV1,
  kinds,
  legacyKinds,
  legacyOnV1,
  onV1,
  type Kind,
} from './two-way/kinds.js'
import { misrecorded, readMoment } from './two-way/recorded.js'
import { openStages, type Stage } from './two-way/stages.js'
import { isOwnFault, NOW, type World } from './two-way/world.js'

const isSoak = process.env.SOAK === '1'
/** A soak takes hours: it says how far it is. */
const TOLD_EVERY = 100
const SEQUENCES = Number(process.env.RUNS ?? (isSoak ? 5_000 : 300))
/** Those with rows that do not fit. */
const AWKWARD_SEQUENCES = Number(process.env.AWKWARD_RUNS ?? Math.ceil(SEQUENCES / 20))
/** Those on a file whose legacy model is alive. */
const LEGACY_SEQUENCES = Number(process.env.LEGACY_RUNS ?? Math.ceil(SEQUENCES / 6))
/** The same sequences on every change; the soak tries others each time. */
const SEED = Number(process.env.SEED ?? (isSoak ? Date.now() % 1_000_000 : 1))
const LENGTH = 50

/** What is written in a sequence, and what must hold of the file after it. */
interface Course {
  isAwkward: boolean
  /** Whether v1's legacy tables have rows, and its active model hardly an instance. */
  hasLegacy?: boolean
  onV1: readonly Kind[]
  kinds: readonly Kind[]
  wrong: (handle: Handle, path: string) => Promise<unknown[]>
}
const clean: Course = { isAwkward: false, onV1, kinds, wrong: differences }
const awkward: Course = { isAwkward: true, onV1: awkwardOnV1, kinds: awkwardKinds, wrong: unheld }
const legacy: Course = {
  isAwkward: false,
  hasLegacy: true,
  onV1: legacyOnV1,
  kinds: legacyKinds,
  wrong: async (handle, path) => [
    ...(await differences(handle)),
    ...(await dashboardDifferences(handle, path, NOW)),
  ],
}

type Step = readonly [kind: number, a: number, b: number]

/** How much the sequences reached: a generator that writes nothing proves nothing. */
const nothingYet = () => ({ steps: 0, effective: 0, byKind: new Map<string, number>(), during: 0 })
let reached = nothingYet()

/** What the sequence under way has done, for the message when it fails. */
let done: string[] = []

async function perform(world: World, possible: readonly Kind[], [n, a, b]: Step): Promise<void> {
  const kind = possible[n % possible.length]
  if (kind === undefined) return
  const isMigrated = [kinds, awkwardKinds, legacyKinds].includes(possible as Kind[])
  const isReplacedAnew = world.isRecursive && kind.name.startsWith('replace')
  const isWatched = isMigrated && kind.side === 'v1' && !isReplacedAnew
  const before = isWatched ? readV2Only(world.console) : undefined
  const isCarriedDown = isMigrated && kind.side === 'v2' && !isReplacedAnew
  const unfit = isCarriedDown ? readUnfit(world.console) : undefined
  const moment = isMigrated && !isReplacedAnew ? readMoment(world.console) : undefined
  done.push(`${kind.name} (${a}, ${b})`)
  const changes = changesSeen(world)
  world.isAtLoss = false
  try {
    await kind.write(world, a, b)
  } catch (error) {
    if (!isOwnFault(world, kind, error))
      throw new Error(`${kind.name} (${a}, ${b}): ${String(error)}`, { cause: error })
  }
  reached.steps++
  if (changesSeen(world) !== changes) {
    reached.effective++
    reached.byKind.set(kind.name, (reached.byKind.get(kind.name) ?? 0) + 1)
  }
  const lost = [
    ...(before === undefined ? [] : disturbed(before, readV2Only(world.console))),
    ...(unfit === undefined ? [] : overwritten(unfit, readUnfit(world.console))),
  ]
  if (lost.length > 0) throw new Error(`${kind.name} (${a}, ${b}) disturbs ${lost.join(', ')}`)
  if (world.isAwkward && isMigrated && kind.name.startsWith('replace'))
    resolveReplaced(world.console, mappingFor(world.console))
  const renames = /^(replace|change an id)/.test(kind.name)
  const wrong =
    moment === undefined ? [] : misrecorded(world.console, moment, { origins: kind.origins, renames })
  if (wrong.length > 0) throw new Error(`${kind.name} (${a}, ${b}) is misrecorded: ${wrong.join('\n')}`)
}

const changesSeen = ({ console }: World) =>
  `${String(console.prepare('SELECT total_changes()').pluck().get())} ${String(console.pragma('data_version', { simple: true }))}`

const step = fc.tuple(fc.nat(99_999), fc.nat(999), fc.nat(999))
const sequence = fc.record({
  steps: fc.array(step, { minLength: LENGTH, maxLength: LENGTH }),
  before: fc.nat(10),
  during: fc.nat(15),
  recursive: fc.boolean(),
})
type Sequence = typeof sequence extends fc.Arbitrary<infer Value> ? Value : never

async function play(
  stage: Stage,
  course: Course,
  { steps, before, during }: Sequence,
  isEach: boolean,
): Promise<void> {
  const left = [...steps]
  for (const one of left.splice(0, before)) await perform(stage.v1, course.onV1, one)
  const world = stage.taken()
  const meanwhile = left.splice(0, during)
  const between = async () => {
    const one = meanwhile.shift()
    if (one === undefined) return
    reached.during++
    await perform(world, course.kinds, one)
  }
  const run = await stage.migrate(between)
  if (run.state !== 'succeeded')
    throw new Error(
      `migrate: ${JSON.stringify(run.error)} ${JSON.stringify(run.report?.checks.filter(({ status }) => status === 'failed'))}`,
    )
  const after = [...meanwhile, ...left]
  for (const one of after) {
    await perform(world, course.kinds, one)
    if (isEach || one === after.at(-1)) await requireNothingWrong(world, course)
  }
  if (course.isAwkward && before < 2) await requireValid(world)
}

async function requireNothingWrong({ console, path }: World, { wrong }: Course): Promise<void> {
  const found = await wrong(console, path)
  if (found.length > 0) throw new Error(`after ${done.at(-1) ?? ''}: ${JSON.stringify(found, null, 1)}`)
}

/** The whole validation, of one awkward file in five: it takes longer than a sequence. */
async function requireValid({ path }: World): Promise<void> {
  const { report, error } = await runHere(path, 'validate')
  const failed = report?.checks.filter(({ status }) => status === 'failed')
  if (error !== null || failed?.length !== 0)
    throw new Error(`validate: ${JSON.stringify(error)} ${JSON.stringify(failed, null, 1)}`)
}

/** Plays so many sequences of a course. */
async function playAll(t: Test, course: Course, numRuns: number): Promise<void> {
  reached = nothingYet()
  const onStage = await openStages(t, course)
  const playOnce = async (sequence: Sequence, isEach: boolean) => {
    done = []
    try {
      await onStage(sequence.recursive, (stage) => play(stage, course, sequence, isEach))
    } catch (error) {
      throw new Error(`${String(error)}\n${done.join('\n')}`, { cause: error })
    }
  }
  const path = process.env.FC_PATH === undefined ? {} : { path: process.env.FC_PATH }
  let played = 0
  await fc.assert(
    fc.asyncProperty(sequence, async (sequence) => {
      try {
        await playOnce(sequence, false)
        if (++played % TOLD_EVERY === 0) t.comment(`${played} of ${numRuns} sequences left both equal`)
      } catch (error) {
        // Once more, looking after each write: to name the one that did it.
        await playOnce(sequence, true).catch((again: unknown) => {
          throw new Error(`${String(again)}\nat first: ${String(error)}`, { cause: error })
        })
        throw error
      }
    }),
    { numRuns, endOnFailure: true, seed: SEED, ...path },
  )
  t.comment(
    `${reached.effective} of ${reached.steps} writes had an effect, ${reached.during} between chunks of the backfill`,
  )
}

t.test('writes on both sides, by requests and by other programs', async (t) => {
  t.setTimeout(isSoak ? 0 : 3_600_000)

  t.test('leave both schemas equal, before, during and after the backfill', async (t) => {
    await playAll(t, clean, SEQUENCES)
    const idle = kinds.filter(({ name }) => !reached.byKind.has(name)).map(({ name }) => name)
    t.ok(reached.effective >= SEQUENCES * LENGTH * 0.6, 'most writes have an effect')
    if (SEQUENCES >= 300) t.strictSame(idle, [], 'every kind of write has had an effect')
  })

  t.test('leave both schemas equal, and the dashboards, where v1’s legacy model is alive', async (t) => {
    await playAll(t, legacy, LEGACY_SEQUENCES)
    const own = legacyKinds.filter((kind) => !kinds.includes(kind))
    t.ok(reached.effective >= LEGACY_SEQUENCES * LENGTH * 0.5, 'most writes have an effect')
    if (LEGACY_SEQUENCES >= 50)
      t.strictSame(
        own.filter(({ name }) => !reached.byKind.has(name)).map(({ name }) => name),
        [],
        'every kind of write to the legacy model has had an effect',
      )
  })

  t.test('leave each row of v1 equal or in quarantine, where some do not fit', async (t) => {
    await playAll(t, awkward, AWKWARD_SEQUENCES)
    t.ok(reached.effective >= AWKWARD_SEQUENCES * LENGTH * 0.5, 'most writes have an effect')
  })
})
