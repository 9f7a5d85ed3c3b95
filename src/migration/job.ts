import type { TObject } from '@sinclair/typebox'
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

/** Which phase may follow which within one job. `end` is the end of the job. */
export const phaseMoves: Record<PhaseName | 'start', readonly (PhaseName | 'end')[]> = {
  // Nothing is changed before the data has been looked at; backups, flips and checks stand alone.
  start: ['assess', 'backup', 'validate', 'cutover', 'rollback', 'restore', 'contract'],
  // assess → end: that was all that was asked. assess → expand: without a backup, as the operator wished.
  assess: ['backup', 'expand', 'end'],
  backup: ['expand', 'restore', 'contract', 'end'],
  // v2's tables and the triggers stand before the first row is copied, so that no write falls between.
  expand: ['backfill'],
  backfill: ['validate'],
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
}

/** A kind of job: its options, who may ask for it when, and its phases. */
export interface JobKind {
  name: string
  /** What it does, for the API's documentation. */
  summary: string
  options: TObject
  /** Refuses, by a Problem, options that make no sense or a database that it is not for. */
  admit(options: JobOptions, state: MigrationState): void
  phases(options: JobOptions): readonly Phase[]
  /** Run on a copy that is deleted afterwards. */
  onScratchCopy?(options: JobOptions): boolean
}

export type JobOptions = Readonly<Record<string, unknown>>

/** The module that a worker loads has these: what the bridge can do, and how it opens a database. */
export interface JobsModule {
  jobKinds: readonly JobKind[]
}
