import * as legacySyncTables from '../../../migrations/legacy-sync-tables.js'
import * as mirrorOrigin from '../../../migrations/mirror-origin.js'
import * as syncTables from '../../../migrations/sync-tables.js'
import type { SchemaFile } from '../../db/schema-files.js'
import { journalFiles } from '../../migration/journal-files.js'
import { v2Files } from '../../v2/schema-files.js'

/** What is there for as long as both schemas are. */
export const bridgeSchemaFiles = [syncTables, legacySyncTables, mirrorOrigin]

/** What a run adds to a v1 database, in order. */
export const v2SchemaFiles = [...bridgeSchemaFiles, ...v2Files]

/** What a file of ours with these tables has, whatever its stage. */
export const schemaFilesFor = (tables: { has(name: string): boolean }): readonly SchemaFile[] => [
  ...journalFiles,
  ...(tables.has('sync_guard') ? [mirrorOrigin] : []),
  ...(tables.has('v2_supplier_task_instances') ? v2Files : []),
]
