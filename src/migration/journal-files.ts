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
