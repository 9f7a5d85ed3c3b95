import * as historyTables from '../../../migrations/history-tables.js'
import * as legacySyncTables from '../../../migrations/legacy-sync-tables.js'
import * as listIndexes from '../../../migrations/list-indexes.js'
import * as mirrorOrigin from '../../../migrations/mirror-origin.js'
import * as syncTables from '../../../migrations/sync-tables.js'
import * as v2Tables from '../../../migrations/v2-tables.js'

/** What is there for as long as both schemas are. */
export const bridgeSchemaFiles = [syncTables, legacySyncTables, mirrorOrigin]

/** What a run adds to a v1 database, in order. */
export const v2SchemaFiles = [...bridgeSchemaFiles, v2Tables, listIndexes, historyTables]
