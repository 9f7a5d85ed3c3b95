import { sql, type SqlBool } from 'kysely'
import { DAY_MS } from '../kernel/due-date.js'

/** The rules of kernel/due-date.ts as SQL over `v2_supplier_task_instances`. Instants are epoch milliseconds. */
const isOpen = sql<SqlBool>`isApplied = 1 and status not in ('completed', 'cancelled')`

export const isOverdue = (asOf: number) => sql<SqlBool>`(${isOpen} and effectiveDueDate < ${asOf})`

export const isDueNext7Days = (asOf: number) =>
  sql<SqlBool>`(${isOpen} and effectiveDueDate between ${asOf} and ${asOf + 7 * DAY_MS})`

export const isBlocked = sql<SqlBool>`(isApplied = 1 and status = 'blocked')`
