import type { Kysely, Transaction } from 'kysely'
import type { PageRequest } from '../http/page.js'
import type { JournalTables } from './tables.js'

/** What is put on record. The last two are written by triggers: see migrations/audit-log.ts. */
export const auditActions = [
  'job-started',
  'pause-asked',
  'resume-asked',
  'cancel-asked',
  'brownout',
  'job-ended',
  'state-changed',
] as const
export type AuditAction = (typeof auditActions)[number]

/** Who asks for something, from where, and why. */
export interface Asked {
  /** Whose token it came with; null where none is needed. */
  actor: string | null
  address: string | null
  requestId: string | null
  /** In the words of whoever asked. */
  reason: string | null
}

/** Nobody has asked: the process does it by itself. */
export const unasked: Asked = { actor: null, address: null, requestId: null, reason: null }

export interface AuditEntry {
  action: AuditAction
  jobId: string | null
  job: string | null
  options?: object
  asked: Asked
}

/** Call in the transaction of what is put on record: the one is there exactly when the other is. */
export async function putOnRecord(
  trx: Transaction<JournalTables>,
  { asked, options, ...entry }: AuditEntry,
): Promise<void> {
  await trx
    .insertInto('audit_log')
    .values({
      ...entry,
      ...asked,
      at: Date.now(),
      options: options === undefined ? null : JSON.stringify(options),
      outcome: null,
      detail: null,
    })
    .execute()
}

/** Newest first. */
export const listAuditLog = (
  db: Kysely<JournalTables>,
  { limit, after }: PageRequest,
  { jobId, action }: { jobId?: string; action?: AuditAction },
) =>
  db
    .selectFrom('audit_log')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '<', Number(after)))
    .$if(jobId !== undefined, (query) => query.where('jobId', '=', jobId ?? ''))
    .$if(action !== undefined, (query) => query.where('action', '=', action ?? 'job-started'))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
