import { sql, type RawBuilder } from 'kysely'
import { booleanOf, instantOrNullOf } from '../db/stored-instant.js'
import { DAY_MS } from '../kernel/due-date.js'

/*
 * The due-date rules in SQL, over the columns of a table of instances. A row whose status is none of the
 * five, or whose date nobody can read, is neither overdue nor due.
 */

type DueDate = RawBuilder<number | null>

const effective = (override: string, due: string): DueDate =>
  sql`coalesce(${instantOrNullOf(override)}, ${instantOrNullOf(due)})`

export const effectiveDueDate = effective('actualDueDate', 'dueDate')
export const legacyEffectiveDueDate = effective('actualDue', 'canonicalDue')

export const isApplied: RawBuilder<0 | 1> = sql`coalesce(${booleanOf('isApplied')}, 0)`

const isOpenStatus = sql`status in ('not_started', 'in_progress', 'blocked')`

/** Of an applied instance. */
export const isOverdue = (due: DueDate, asOf: number): RawBuilder<0 | 1> =>
  sql`coalesce(${isOpenStatus} and ${due} < ${asOf}, 0)`

/** Of an applied instance. */
export const isDueNext7Days = (due: DueDate, asOf: number): RawBuilder<0 | 1> =>
  sql`coalesce(${isOpenStatus} and ${due} between ${asOf} and ${asOf + 7 * DAY_MS}, 0)`

/** To copy a due date: one that nobody can read is handed on as it stands, since the column takes no NULL. */
export const copiedDueDate = (column: string): RawBuilder<number> =>
  sql`coalesce(${instantOrNullOf(column)}, ${sql.ref(column)})`
