import type { TObject } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import type { JobSettings } from './settings.js'
import type { MigrationState } from './state.js'
import type { Run } from './run.js'

export const jobStates = [
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
] as const
export type JobState = (typeof jobStates)[number]

export const phaseNames = [
  'assess',
  'backup',
  'expand',
  'backfill',
  'validate',
  'cutover',
  'rollback',
  'restore',
  'contract',
] as const
export type PhaseName = (typeof phaseNames)[number]

/** Which state may follow which. A move not listed is refused. */
export const stateMoves: Record<JobState, readonly JobState[]> = {
  // queued → running: a worker has taken it. queued → cancelled: nobody had begun.
  queued: ['running', 'cancelled', 'interrupted'],
  // running → paused: between two chunks. running → interrupted: its process is gone.
  running: ['paused', 'succeeded', 'failed', 'cancelled', 'interrupted'],
  // paused → running: the operator resumes; the backfill goes on after its last key.
  paused: ['running', 'cancelled', 'failed', 'interrupted'],
  // interrupted → running: another process, or the next start, takes it over.
  interrupted: ['running', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
}

/** What a job's event stream tells. */
export const eventTypes = ['progress', 'phase', 'state', 'end'] as const
export type EventType = (typeof eventTypes)[number]

/** Why a running job holds itself back. */
export const throttleReasons = ['writers-waiting', 'event-loop-delay', 'wal-size', 'disk-space'] as const
export type ThrottleReason = (typeof throttleReasons)[number]

/** Which phase may follow which within one job. `end` is the end of the job. */
export const phaseMoves: Record<PhaseName | 'start', readonly (PhaseName | 'end')[]> = {
  // Nothing is changed before the data has been looked at, but for a repair, which begins by making the
  // triggers whole; backups, flips and checks stand alone.
  start: ['assess', 'backup', 'expand', 'validate', 'cutover', 'rollback', 'restore', 'contract'],
  // assess → end: that was all that was asked. assess → expand: without a backup, as the operator wished.
  assess: ['backup', 'expand', 'end'],
  backup: ['expand', 'rollback', 'restore', 'contract', 'end'],
  // v2's tables and the triggers stand before the first row is copied, so that no write falls between.
  expand: ['backfill'],
  // backfill → backfill: what an archive has is brought back once the rows are there.
  backfill: ['backfill', 'validate'],
  validate: ['cutover', 'contract', 'end'],
  cutover: ['end'],
  rollback: ['end'],
  restore: ['validate', 'end'],
  contract: ['end'],
}

/** A part of a job. It must bear being run again after a crash in its middle. */
export interface Phase {
  name: PhaseName
  run(run: Run): Promise<void>
  /** Takes back what `run` did, wholly or in part, when the job does not succeed. */
  undo?(run: Run): Promise<void>
  /** When it fails, the phases before it stand: they have passed their checks, and are good without it. */
  keepsWhatIsDone?: boolean
}

/** A kind of job: its options, who may ask for it when, and its phases. */
export interface JobKind {
  name: string
  /** What it does, for the API's documentation. */
  summary: string
  options: TObject
  /** Under /admin, where the job also has a route of its own. */
  route?: { path: string; operationId: string }
  /** Refuses, by a Problem, options that make no sense or a database that it is not for. */
  admit(options: JobOptions, state: MigrationState): void
  /** Refuses, by a Problem, options that speak of what the database does not have. */
  examine?(
    options: JobOptions,
    db: Kysely<unknown>,
    state: MigrationState,
    settings: JobSettings,
  ): Promise<void>
  phases(options: JobOptions): readonly Phase[]
  /** Run on a copy that is deleted afterwards. */
  onScratchCopy?(options: JobOptions): boolean
}

export type JobOptions = Readonly<Record<string, unknown>>

/** The module that a worker loads has these: what the bridge can do, and how it opens a database. */
export interface JobsModule {
  jobKinds: readonly JobKind[]
}
