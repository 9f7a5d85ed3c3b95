import * as historyTables from '../../migrations/history-tables.js'
import * as listIndexes from '../../migrations/list-indexes.js'
import * as v2Tables from '../../migrations/v2-tables.js'

/** What v2 has in every database that holds it. */
export const v2Files = [v2Tables, listIndexes, historyTables]
