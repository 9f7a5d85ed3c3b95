import { storedBoolean, storedInstant } from '../../../db/stored-instant.js'
import { DAY_MS } from '../../../kernel/due-date.js'
import { EARLIEST_INSTANT } from '../../../kernel/instant.js'
import type { DateChange } from '../../../migration/report.js'
import type { FileTable } from './file-tables.js'
import type { RowClass } from './row-class.js'
import type { Found } from './scan.js'

export type DateChangeKind = 'changed/overdue' | 'changed/due-next-7-days'

export const isDateChange = (kind: string): kind is DateChangeKind => kind.startsWith('changed/')

/**
 * Open instances whose effective due date is text. TEXT sorts after every number in SQLite, so the old
 * application found them neither overdue nor due soon; this service reads the instant.
 */
export function dateChangeClasses(
  { name }: FileTable,
  alias: string,
  { asOf, countsLegacy }: { asOf: number; countsLegacy: boolean },
): RowClass<DateChangeKind>[] {
  const at = (column: string) => `${alias}.${column}`
  const isOpen = `${at('status')} IN ('not_started', 'in_progress', 'blocked')`
  if (name === 'supplier_task_instances') {
    const isCounted = `${storedBoolean(at('isApplied'))} = 1 AND ${isOpen}`
    return [
      changed('actualDueDate', at('actualDueDate'), isCounted, asOf),
      changed('dueDate', at('dueDate'), `${isCounted} AND ${at('actualDueDate')} IS NULL`, asOf),
    ]
  }
  if (!countsLegacy || !name.startsWith('task_instances')) return []
  const canonicalDue = `(SELECT p.canonicalDue FROM ${name.replace('instances', 'templates')} p WHERE p.id = ${at('taskTemplateId')})`
  return [
    changed('actualDue', at('actualDue'), isOpen, asOf),
    changed('canonicalDue', canonicalDue, `${isOpen} AND ${at('actualDue')} IS NULL`, asOf),
  ]
}

const changed = (
  column: string,
  value: string,
  isCounted: string,
  asOf: number,
): RowClass<DateChangeKind> => ({
  column,
  when: `typeof(${value}) = 'text' AND ${isCounted} AND ${storedInstant(value)} BETWEEN ${EARLIEST_INSTANT} AND ${asOf + 7 * DAY_MS}`,
  cases: [
    { kind: 'changed/overdue', when: `${storedInstant(value)} < ${asOf}` },
    { kind: 'changed/due-next-7-days' },
  ],
})

export const dateChange = (
  { name: table }: FileTable,
  { kind, column = '', ...found }: Found<DateChangeKind>,
): DateChange => ({
  table,
  column,
  before: 'not-counted',
  after: kind === 'changed/overdue' ? 'overdue' : 'due-next-7-days',
  ...found,
})
