import type { Handle } from '../../../db/database.js'
import type { StatusCount } from '../../../migration/assessment.js'
import { isMapped, isMisspelt, isStatus, statusBecomes, type StatusMap } from '../status-rules.js'
import type { FileTable } from './file-tables.js'
import { isStatusTable } from './value-classes.js'

/** More different ones than this are no statuses: the table of them would only hide the rest. */
const MOST = 200

/** Every status that the file has, the most frequent first, and what becomes of it. */
export const countStatuses = (db: Handle, tables: readonly FileTable[], map: StatusMap): StatusCount[] =>
  tables.filter(isStatusTable).flatMap(
    ({ name }) =>
      db
        .prepare(
          `SELECT '${name}' AS "table", status, count, ${statusBecomes('status', map)} AS becomes,
             CASE WHEN ${isStatus('status')} THEN 'as-is' WHEN ${isMapped('status', map)} THEN 'statusMap'
               WHEN ${isMisspelt('status')} THEN 'spelling' END AS "by"
           FROM (SELECT CASE WHEN typeof(status) IN ('text', 'null') THEN status ELSE quote(status) END AS status, count(*) AS count
             FROM "${name}" GROUP BY 1)
           ORDER BY count DESC, status LIMIT ${MOST}`,
        )
        .all() as StatusCount[],
  )
