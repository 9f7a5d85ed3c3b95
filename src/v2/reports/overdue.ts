import type { OverdueRow } from './overdue.repository.js'

const sum = (
  rows: readonly OverdueRow[],
  column: 'overdue' | 'totalDaysOverdue' | 'under7Days' | 'under30Days',
) => rows.reduce((total, row) => total + row[column], 0)

export const overdueReport = (rows: readonly OverdueRow[]) => ({
  totals: figuresOf(rows),
  items: rows.map((row) => {
    const { supplierId, supplierName, projectId, projectName } = row
    return { supplierId, supplierName, projectId, projectName, ...figuresOf([row]) }
  }),
})

function figuresOf(rows: readonly OverdueRow[]) {
  const overdue = sum(rows, 'overdue')
  const [under7Days, under30Days] = [sum(rows, 'under7Days'), sum(rows, 'under30Days')]
  return {
    overdue,
    oldestDueDate: rows.reduce<number | null>(
      (oldest, row) => Math.min(oldest ?? Infinity, row.oldestDueDate),
      null,
    ),
    longestDaysOverdue: rows.reduce((longest, row) => Math.max(longest, row.longestDaysOverdue), 0),
    averageDaysOverdue: overdue === 0 ? 0 : Number((sum(rows, 'totalDaysOverdue') / overdue).toFixed(2)),
    byAge: { under7Days, under30Days, from30Days: overdue - under7Days - under30Days },
  }
}
