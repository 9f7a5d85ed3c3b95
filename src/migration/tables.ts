import type { Generated } from 'kysely'
import type { Stage } from '../kernel/api-groups.js'
import type { AuditAction } from './audit-log.js'
import type { EventType, JobState, PhaseName, ThrottleReason } from './job.js'

/** The journal: tables of the engine's own, in the database that it migrates. JSON columns are text. */
export interface JournalTables {
  migration_state: {
    id: 1
    stage: Stage
    groups: string
    groupsSince: Generated<string>
    inStep: 0 | 1 | null
    checkedAt: number | null
    cutoverAt: number | null
    databaseId: Generated<string>
    brownoutUntil: Generated<number | null>
  }
  migration_jobs: {
    id: string
    job: string
    options: string
    state: JobState
    phase: PhaseName | null
    rowsDone: number
    rowsTotal: number
    rowsPerSecond: number | null
    measuredRows: number | null
    measuredAt: number | null
    requested: 'pause' | 'cancel' | null
    throttleReason: ThrottleReason | null
    throttledSince: number | null
    report: string | null
    error: string | null
    createdAt: number
    startedAt: number | null
    finishedAt: number | null
  }
  migration_events: { id: Generated<number>; jobId: string; at: number; type: EventType; data: string }
  audit_log: {
    id: Generated<number>
    at: number
    action: AuditAction
    jobId: string | null
    job: string | null
    actor: string | null
    address: string | null
    requestId: string | null
    options: string | null
    reason: string | null
    outcome: string | null
    detail: string | null
  }
  v1_usage: {
    id: Generated<number>
    /** `2026-03-02`, UTC. */
    day: string
    route: string
    client: string
    userAgent: string
    requests: number
    lastAt: number
  }
  migration_lease: { id: 1; owner: string | null; fence: number; heartbeatAt: number }
}
