import type { Handle } from '../../../db/database.js'
import type { HeldBack } from '../../../migration/assessment.js'
import type { DateChange, Issue } from '../../../migration/report.js'
import { keepsIds, type RowMapping } from '../mapping/row-mapping.js'
import type { StatusMap } from '../status-rules.js'
import type { RowKind } from './catalogue.js'
import { dateChange, dateChangeClasses, isDateChange, type DateChangeKind } from './date-changes.js'
import { presentTables, type FileTable } from './file-tables.js'
import { heldBackRows } from './held-back.js'
import { canBeHeldBack, rowIssue, type OnInvalidRow } from './issues.js'
import { duplicateKeys } from './keys.js'
import { misfitClasses } from './mapping-classes.js'
import { plainClasses } from './plain-classes.js'
import { relationClasses } from './relation-classes.js'
import { plainSource, type RowClass, type RowSource } from './row-class.js'
import { scan, type Found } from './scan.js'
import { valueClasses } from './value-classes.js'

type Kind = RowKind | DateChangeKind

export interface RowsAsked {
  mappings: readonly RowMapping[]
  statusMap: StatusMap
  onInvalidRow: OnInvalidRow
  asOf: number
  /** Whether v1's dashboard counts the legacy instances: the active model has none. */
  countsLegacy: boolean
}

export interface RowsFound {
  issues: Issue[]
  dateChanges: DateChange[]
  heldBack: HeldBack[]
}

/** Looks through every table of v1, each row once, for all classes together. */
export function assessRows(db: Handle, asked: RowsAsked): RowsFound {
  const tables = presentTables(db)
  const misfits = new Map<string, string[]>()
  const found = tables.flatMap((table) => {
    const { source, classes } = scanOf(db, table, asked)
    return scan(db, source, classes, collector(table, misfits)).map((one) => ({ table, one }))
  })
  return {
    issues: found.flatMap(({ table, one }) => (isRow(one) ? [rowIssue(table, one, asked.onInvalidRow)] : [])),
    dateChanges: found.flatMap(({ table, one }) =>
      isRow(one) ? [] : [dateChange(table, one as Found<DateChangeKind>)],
    ),
    heldBack: heldBackRows(db, tables, misfits),
  }
}

const isRow = (found: Found<Kind>): found is Found<RowKind> => !isDateChange(found.kind)

/** Remembers the rows that a quarantine would hold. */
function collector(table: FileTable, misfits: Map<string, string[]>) {
  const ids: string[] = []
  misfits.set(table.name, ids)
  return (id: string, kinds: readonly Kind[]) => {
    if (kinds.some((kind) => !isDateChange(kind) && canBeHeldBack(table, kind))) ids.push(id)
  }
}

/** What the mapping says of the rows and what is said here, in one look; also at rows that the mapping leaves out. */
function scanOf(db: Handle, table: FileTable, asked: RowsAsked) {
  const mapping = asked.mappings.find((one) => keepsIds(one) && one.source === table.name)
  const source = mapping === undefined ? plainSource(table.name) : sourceOf(mapping)
  const misfits = mapping === undefined ? plainClasses(table, source) : misfitClasses(mapping, source)
  const classes: RowClass<Kind>[] = [...misfits, ...ownClasses(db, table, source, asked)]
  return { source, classes }
}

/** Under the mapping's alias, without what it joins: that is not there yet for whoever runs the SQL alone. */
function sourceOf({ source, id }: RowMapping): RowSource {
  const alias = id.slice(0, id.indexOf('.'))
  return { table: source, alias, from: `${source} ${alias}` }
}

const ownClasses = (
  db: Handle,
  table: FileTable,
  { alias }: RowSource,
  asked: RowsAsked,
): RowClass<Kind>[] => [
  ...valueClasses(table, alias, asked.statusMap),
  ...relationClasses(db, table, alias),
  ...duplicateKeys(db, table, alias),
  ...dateChangeClasses(table, alias, asked),
  ...legacyRows(table, asked),
]

/** Whether v1 counts the instances of its legacy model is for all of them alike. */
function legacyRows({ name }: FileTable, { countsLegacy }: RowsAsked): RowClass<RowKind>[] {
  if (!name.startsWith('task_instances')) return []
  return [{ when: '1', cases: [{ kind: countsLegacy ? 'legacy-rows/counted' : 'legacy-rows/history' }] }]
}
