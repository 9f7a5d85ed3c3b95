import * as auditLog from '../../migrations/audit-log.js'
import * as databaseIdentity from '../../migrations/database-identity.js'
import * as groupCutovers from '../../migrations/group-cutovers.js'
import * as idempotencyKeys from '../../migrations/idempotency-keys.js'
import * as journalTables from '../../migrations/journal-tables.js'
import * as v1Usage from '../../migrations/v1-usage.js'
import * as writeContext from '../../migrations/write-context.js'
import type { SchemaFile } from '../db/schema-files.js'

/** What this service adds to every database that it opens, whichever version that holds. */
export const journalFiles: readonly SchemaFile[] = [
  journalTables,
  groupCutovers,
  idempotencyKeys,
  writeContext,
  databaseIdentity,
  auditLog,
  v1Usage,
]

/**
 * The tables that those files make: the record of what was done, and of who works and writes. A backup that
 * is restored brings back all the others, and of `migration_state` what that says of them.
 */
const journalTableNames: ReadonlySet<string> = new Set([
  'audit_log',
  'idempotency_keys',
  'migration_cursors',
  'migration_events',
  'migration_jobs',
  'migration_lease',
  'migration_state',
  'schema_files',
  'v1_usage',
  'write_context',
])

export const isOfJournal = (table: string): boolean => journalTableNames.has(table)
