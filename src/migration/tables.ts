import type { Stage } from '../kernel/api-groups.js'
import type { JobState, PhaseName } from './job.js'

/** The journal: tables of the engine's own, in the database that it migrates. JSON columns are text. */
export interface JournalTables {
  migration_state: {
    id: 1
    stage: Stage
    groups: string
    inStep: 0 | 1 | null
    checkedAt: number | null
    cutoverAt: number | null
  }
  migration_jobs: {
    id: string
    job: string
    options: string
    state: JobState
    phase: PhaseName | null
    rowsDone: number
    rowsTotal: number
    requested: 'pause' | 'cancel' | null
    report: string | null
    error: string | null
    createdAt: number
    startedAt: number | null
    finishedAt: number | null
  }
  migration_lease: { id: 1; owner: string | null; fence: number; heartbeatAt: number }
}
