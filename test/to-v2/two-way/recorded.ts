import type { Handle } from '../../../src/db/database.js'

/** What the history records, by table. */
const fields: Record<string, readonly string[]> = {
  v2_supplier_task_instances: [
    'status',
    'completedAt',
    'dueDate',
    'actualDueDate',
    'isApplied',
    'owner',
    'notes',
  ],
  v2_project_task_templates: ['dueDate'],
}

interface Entry {
  id: number
  subjectId: string
  field: string
  oldValue: unknown
  newValue: unknown
  requestId: string | null
  origin: string
}
type Row = Record<string, unknown> & { id: string }

/** The rows that have a history, and how far that goes. */
export interface Moment {
  rows: ReadonlyMap<string, { table: string; row: Row }>
  lastEntry: number
}

export function readMoment(handle: Handle): Moment {
  const rows = Object.entries(fields).flatMap(([table, columns]) =>
    (handle.prepare(`SELECT id, ${columns.join(', ')} FROM ${table}`).all() as Row[]).map(
      (row) => [`${table}:${row.id}`, { table, row }] as const,
    ),
  )
  const lastEntry = handle.prepare('SELECT coalesce(max(id), 0) FROM change_history').pluck().get() as number
  return { rows: new Map(rows), lastEntry }
}

export interface Expected {
  origins: readonly string[]
  /** Whether a row can go without a deletion: under another id, or replaced by a program that fires no trigger. */
  renames: boolean
}

/** Everything in which the history since that moment is not what has happened: one entry a change, by its author. */
export function misrecorded(handle: Handle, before: Moment, { origins, renames }: Expected): string[] {
  const after = readMoment(handle)
  const entries = handle
    .prepare('SELECT * FROM change_history WHERE id > ? ORDER BY id')
    .all(before.lastEntry) as Entry[]
  const isByRequest = origins.includes('propagation')
  const alien = entries.filter(
    ({ origin, requestId }) => !origins.includes(origin) || (requestId !== null) !== isByRequest,
  )
  const untrue = [...before.rows].flatMap(([key, { table, row }]) => {
    const now = after.rows.get(key)?.row
    const own = entries.filter(({ subjectId }) => subjectId === row.id)
    const expected = now === undefined ? [] : changesOf(fields[table] ?? [], row, now)
    const found = lasting(own).map(({ field, oldValue, newValue }) =>
      JSON.stringify([field, oldValue, newValue]),
    )
    if (now === undefined)
      return renames || own.filter(({ field }) => field === 'deleted').length === 1 ? [] : [`${key} is gone`]
    return found.sort().join() === expected.sort().join()
      ? []
      : [`${key}: ${found.join()} ≠ ${expected.join()}`]
  })
  const left = handle.prepare('SELECT * FROM write_context').all()
  return [...untrue, ...[...alien, ...left].map((one) => JSON.stringify(one))]
}

/** v2 cannot apply what v1 does not count: then that is taken back, and both are on record, one after the other. */
const lasting = (entries: readonly Entry[]): Entry[] =>
  entries.filter((entry) => !entries.some((other) => isUndone(entry, other) || isUndone(other, entry)))

const isUndone = (first: Entry, then: Entry) =>
  first.field === 'isApplied' &&
  then.field === 'isApplied' &&
  first.id < then.id &&
  first.newValue === then.oldValue &&
  first.oldValue === then.newValue

const changesOf = (columns: readonly string[], old: Row, now: Row): string[] =>
  columns
    .filter((column) => old[column] !== now[column])
    .map((column) => JSON.stringify([column, old[column], now[column]]))
