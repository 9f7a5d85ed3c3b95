import type { Test } from 'tap'
import { openDatabase, openWorkerHandle, type Database, type Handle } from '../../../src/db/database.js'
import type { JobKind, Phase } from '../../../src/migration/job.js'
import type { Job } from '../../../src/migration/jobs.repository.js'
import type { JournalTables } from '../../../src/migration/tables.js'
import { jobKinds } from '../../../src/v1/to-v2/jobs.js'
import { adoptedFile, copyOf, runHere, sqlConsole } from '../migrated.js'
import { addLegacyRows } from './legacy-writes.js'
import { preparingOnce } from './preparing-once.js'
import { createRefill } from './refill.js'
import { serveWorlds, type World } from './world.js'

/** What a sequence is played on: a v1 file, and the same rows in one that the run fills. */
export interface Stage {
  v1: World
  /** Once v1 has been written to: the file that is migrated. */
  taken: () => World
  /** Runs the migration, and calls `between` after every chunk of the backfill. */
  migrate: (between: () => Promise<void>) => Promise<Job>
}

/** A rest after every chunk of the backfill, and `between` called in it. */
const resting = (backfill: Phase, between: () => Promise<void>): Phase => ({
  ...backfill,
  run: (run) =>
    backfill.run({
      ...run,
      mayGoOn: () => false,
      async rest() {
        await between()
        await run.rest()
      },
    }),
})

/** The job kinds with other phases. */
const withPhases = (change: (phase: Phase) => Phase[]): readonly JobKind[] =>
  jobKinds.map((kind) => ({ ...kind, phases: (options) => kind.phases(options).flatMap(change) }))

interface Migration {
  path: string
  isAwkward: boolean
  without?: readonly string[]
  /** The connections of one run after the other. */
  open?: { handle: Handle; db: Database<JournalTables> }
}

const migrate = (
  { path, isAwkward, without = [], open }: Migration,
  between: () => Promise<void>,
): Promise<Job> =>
  runHere(
    path,
    'migrate',
    { chunkMs: 0.01, ...(isAwkward ? { onInvalidRow: 'quarantine' } : {}) },
    {
      ...open,
      kinds: withPhases((phase) =>
        phase.name === 'backfill'
          ? [resting(phase, between)]
          : [without.includes(phase.name) ? { ...phase, run: () => Promise.resolve() } : phase],
      ),
    },
  )

/** Runs a migration as far as to where v2's tables are there, and empty. */
async function expandFile(path: string): Promise<void> {
  let isExpanded = false
  const stop: Phase = {
    name: 'backfill',
    async run(run) {
      isExpanded = true
      await run.rest()
    },
  }
  const kinds = withPhases((phase) => [phase.name === 'backfill' ? stop : phase])
  await runHere(path, 'migrate', {}, { kinds, stopping: () => isExpanded })
  // Each sequence has a job of its own.
  sqlConsole(path).exec('PRAGMA foreign_keys = ON; DELETE FROM migration_jobs').close()
}

/** One sequence in so many has files of its own, which its run expands under its clients' connections. */
const OWN_FILES_EVERY = 40

/** Stages for one sequence after the other. */
export async function openStages(
  t: Test,
  { isAwkward, hasLegacy = false }: { isAwkward: boolean; hasLegacy?: boolean },
) {
  // Only a file that Prisma did not make has columns that take NULL.
  const base = await adoptedFile(t, 40, { responsibleParties: true, lenient: isAwkward })
  if (hasLegacy) addLegacyRows(base)
  const sites = await serveWorlds(t)
  const v1Path = copyOf(t, base)
  const filledPath = copyOf(t, base)
  await expandFile(filledPath)
  const empty = copyOf(t, filledPath)
  const [v1, filled] = [sites.open(v1Path), sites.open(filledPath)]
  const runner = {
    handle: preparingOnce(openWorkerHandle(filledPath)),
    db: openDatabase<JournalTables>(filledPath),
  }
  const renew = createRefill(v1Path, [{ path: base }])
  const takeOver = createRefill(filledPath, [
    { path: v1Path, gives: (table) => !/^(migration_|write_)/.test(table) },
    { path: empty },
  ])
  t.teardown(async () => {
    for (const open of [renew, takeOver, v1, filled, ...Object.values(runner)]) await open.close()
  })
  let played = 0

  const onOwnFile = async (isRecursive: boolean, act: (stage: Stage) => Promise<void>) => {
    const path = copyOf(t, base)
    const site = sites.open(path)
    const world = Object.assign(site.world(isRecursive), { isAwkward })
    await act({
      v1: world,
      taken: () => world,
      migrate: (between) => migrate({ path, isAwkward }, between),
    }).finally(() => site.close())
  }
  return async (isRecursive: boolean, act: (stage: Stage) => Promise<void>) => {
    if (played++ % OWN_FILES_EVERY === 0) return onOwnFile(isRecursive, act)
    renew.fill()
    const taken = () => {
      takeOver.fill()
      return Object.assign(filled.world(isRecursive), { isAwkward })
    }
    await act({
      v1: Object.assign(v1.world(isRecursive), { isAwkward }),
      taken,
      // What the assessment and the validation try takes long to compile where the triggers are.
      migrate: (between) =>
        migrate({ path: filledPath, isAwkward, without: ['assess', 'validate'], open: runner }, between),
    })
  }
}
