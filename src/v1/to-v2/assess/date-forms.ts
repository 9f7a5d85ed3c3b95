import type { Handle } from '../../../db/database.js'
import type { DateForms } from '../../../migration/assessment.js'
import type { Issue } from '../../../migration/report.js'
import { columnsOfType, type FileTable } from './file-tables.js'

/**
 * In which forms each date column of v1 holds its values.
 *
 * @param issues of the same rows: what is neither NULL nor among them is a number of epoch milliseconds
 */
export const countDateForms = (
  db: Handle,
  tables: readonly FileTable[],
  issues: readonly Issue[],
): DateForms[] =>
  tables.flatMap((table) => {
    const columns = columnsOfType(table, 'DATETIME').map(({ name }) => name)
    const ofTable = issues.filter((issue) => issue.table === table.name)
    const [rows = 0, ...present] = db
      .prepare(
        `SELECT count(*), ${columns.map((column) => `count(${column})`).join(', ')} FROM "${table.name}"`,
      )
      .raw()
      .get() as number[]
    return columns.map((column, index) => {
      const counts = countsOf(ofTable.filter((issue) => issue.column === column))
      const none = rows - (present[index] ?? 0)
      const others = Object.values(counts).reduce((sum, count) => sum + count, none)
      return { table: table.name, column, epochMilliseconds: rows - others, ...counts, null: none }
    })
  })

function countsOf(issues: readonly Issue[]) {
  const count = (code: string, isMeant: (subcase?: string) => boolean) =>
    issues
      .filter((issue) => issue.code === code && isMeant(issue.subcase))
      .reduce((sum, issue) => sum + issue.count, 0)
  return {
    sqliteText: count('mixed-date-forms', (subcase) => subcase === 'sqlite-text'),
    iso8601: count('mixed-date-forms', (subcase) => subcase === 'iso-8601'),
    bad: count('bad-date', (subcase) => subcase !== 'null'),
  }
}
