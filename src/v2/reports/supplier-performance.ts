import { DAY_MS } from '../../kernel/due-date.js'
import type { PerformanceRow } from './supplier-performance.repository.js'

interface SupplierRows {
  supplierId: string
  name: string
  rows: PerformanceRow[]
}

/** The figures in total, by supplier, and by supplier and period. `rows` come supplier by supplier. */
export function performanceReport(rows: readonly PerformanceRow[]) {
  const suppliers: SupplierRows[] = []
  for (const row of rows) {
    const last = suppliers.at(-1)
    if (last?.supplierId === row.supplierId) last.rows.push(row)
    else suppliers.push({ supplierId: row.supplierId, name: row.name, rows: [row] })
  }
  return {
    totals: figuresOf(rows),
    suppliers: suppliers.map(({ rows: own, ...supplier }) => ({
      ...supplier,
      ...figuresOf(own),
      periods: own.map((row) => ({ period: row.period, ...figuresOf([row]) })),
    })),
  }
}

/** What is overdue counts as late; what is completed nobody knows when counts neither way. */
function figuresOf(rows: readonly PerformanceRow[]) {
  const sum = (column: 'due' | 'completed' | 'completedUndated' | 'completedOnTime' | 'overdue' | 'delay') =>
    rows.reduce((total, row) => total + row[column], 0)
  const dated = sum('completed') - sum('completedUndated')
  const judged = dated + sum('overdue')
  return {
    due: sum('due'),
    completed: sum('completed'),
    completedOnTime: sum('completedOnTime'),
    completedUndated: sum('completedUndated'),
    overdue: sum('overdue'),
    onTimeRate: judged === 0 ? null : rounded(sum('completedOnTime') / judged, 4),
    averageDelayDays: dated === 0 ? null : rounded(sum('delay') / dated / DAY_MS, 2),
  }
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits))
