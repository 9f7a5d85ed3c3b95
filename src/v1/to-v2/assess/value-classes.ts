import { storedInstant } from '../../../db/stored-instant.js'
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../../kernel/instant.js'
import { isMapped, isMisspelt, isStatus, statusBecomes, type StatusMap } from '../status-rules.js'
import type { RowKind } from './catalogue.js'
import { columnsOfType, type FileTable } from './file-tables.js'
import { textClasses } from './odd-text.js'
import type { RowClass } from './row-class.js'

type Class = RowClass<RowKind>

/** The classes that follow from what a column holds: the same in every table of v1. */
export function valueClasses(table: FileTable, alias: string, statusMap: StatusMap): Class[] {
  const columns = new Set(table.columns.map(([name]) => name))
  const at = (column: string) => `${alias}.${column}`
  return [
    ...(isStatusTable(table) ? [statusClass(at('status'), statusMap)] : []),
    ...columnsOfType(table, 'DATETIME').map(({ name }) => textDate(name, at(name))),
    ...columnsOfType(table, 'BOOLEAN').map(({ name }) => textFlag(name, at(name))),
    ...(columns.has('updatedAt') ? [inOrder('updatedAt', 'createdAt', alias)] : []),
    ...(columns.has('completedAt') ? completion(alias, statusMap) : []),
    ...columnsOfType(table, 'INTEGER').map(({ name }) => bigInteger(name, at(name))),
    ...textClasses(table, alias),
  ]
}

/** Those whose status is one of the five: an assignment has a status too, which is any text. */
export const isStatusTable = ({ columns }: Pick<FileTable, 'columns'>): boolean =>
  columns.some(([, declaration]) => declaration.includes(`'not_started'`))

const statusClass = (status: string, map: StatusMap): Class => ({
  column: 'status',
  when: `NOT ${isStatus(status)}`,
  cases: [
    { kind: 'invalid-status/null', when: `${status} IS NULL` },
    { kind: 'invalid-status/mapped', when: isMapped(status, map) },
    { kind: 'invalid-status/spelling', when: isMisspelt(status) },
    { kind: 'invalid-status/unknown' },
  ],
})

const isBelievable = (value: string) =>
  `${storedInstant(value)} BETWEEN ${EARLIEST_INSTANT} AND ${LATEST_INSTANT}`

const textDate = (column: string, value: string): Class => ({
  column,
  when: `typeof(${value}) = 'text' AND ${isBelievable(value)}`,
  cases: [
    { kind: 'mixed-date-forms/iso-8601', when: `substr(${value}, 11, 1) = 'T'` },
    { kind: 'mixed-date-forms/sqlite-text' },
  ],
})

const textFlag = (column: string, value: string): Class => ({
  column,
  when: `lower(${value}) IN ('true', 'false')`,
  cases: [{ kind: 'odd-boolean/text' }],
})

/** Of two dates that are believed: one that is not is told of as a bad date. */
function inOrder(later: 'updatedAt' | 'completedAt', earlier: 'createdAt', alias: string): Class {
  const [end, start] = [`${alias}.${later}`, `${alias}.${earlier}`]
  return {
    column: later,
    when: `${storedInstant(end)} < ${storedInstant(start)} AND ${isBelievable(end)} AND ${isBelievable(start)}`,
    cases: [
      {
        kind:
          later === 'updatedAt' ? 'date-order/updated-before-created' : 'date-order/completed-before-created',
      },
    ],
  }
}

function completion(alias: string, map: StatusMap): Class[] {
  const completedAt = `${alias}.completedAt`
  const becomes = statusBecomes(`${alias}.status`, map)
  return [
    inOrder('completedAt', 'createdAt', alias),
    {
      column: 'completedAt',
      when: `(${completedAt} IS NULL) = (coalesce(${becomes}, '') = 'completed')`,
      cases: [
        { kind: 'date-order/completed-without-date', when: `${completedAt} IS NULL` },
        { kind: 'date-order/date-without-completed' },
      ],
    },
  ]
}

/** JavaScript, and most readers of JSON, hold whole numbers up to this without rounding. */
const EXACT = Number.MAX_SAFE_INTEGER

const bigInteger = (column: string, value: string): Class => ({
  column,
  when: `typeof(${value}) = 'integer' AND ${value} NOT BETWEEN ${-EXACT} AND ${EXACT}`,
  cases: [{ kind: 'odd-text/big-integer' }],
})
