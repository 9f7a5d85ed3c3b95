import { identifier, literal } from '../../../db/quoting.js'
import type { Handle } from '../../../db/database.js'
import type { Issue } from '../../../migration/report.js'
import { isNullable } from '../../../../migrations/v1-tables.js'
import type { FileKind } from './catalogue.js'
import { issueOf } from './issues.js'
import { laterColumns, type FileTable } from './file-tables.js'

interface Column {
  name: string
  type: string
  takesNull: boolean
  hasDefault: boolean
  isGenerated: boolean
}

export const readColumns = (db: Handle, table: string): Column[] =>
  (
    db
      .prepare(
        `SELECT name, type, "notnull" = 0 AS takesNull, dflt_value IS NOT NULL AS hasDefault, hidden IN (2, 3) AS isGenerated
         FROM pragma_table_xinfo(?) WHERE hidden <> 1`,
      )
      .all(table) as {
      name: string
      type: string
      takesNull: number
      hasDefault: number
      isGenerated: number
    }[]
  ).map(({ name, type, takesNull, hasDefault, isGenerated }) => ({
    name,
    type,
    takesNull: takesNull === 1,
    hasDefault: hasDefault === 1,
    isGenerated: isGenerated === 1,
  }))

/** Columns that the file lacks, has besides, or has otherwise than v1 declares them. */
export function columnIssues(db: Handle, table: FileTable): Issue[] {
  const found = readColumns(db, table.name)
  const known = [...table.columns, ...(laterColumns[table.name] ?? [])]
  const missing = table.columns.filter(([name]) => !found.some((column) => column.name === name))
  return [
    ...missing.map(([name, declaration]) => missingColumn(table, name, declaration)),
    ...found.flatMap((column) => {
      const wanted = known.find(([name]) => name === column.name)
      return wanted === undefined ? [extraColumn(db, table, column)] : knownColumn(table, column, wanted[1])
    }),
  ]
}

const columnIssue = (kind: FileKind, table: FileTable, column: string): Issue =>
  issueOf(kind, {
    table: table.name,
    column,
    count: 1,
    samples: [column],
    sql: `SELECT * FROM pragma_table_xinfo(${literal(table.name)}) WHERE name = ${literal(column)}`,
  })

/** What the file lacks can only be shown by what it has. */
const missingColumn = (table: FileTable, column: string, declaration: string): Issue => ({
  ...columnIssue(
    isNullable(declaration) && table.kind !== 'legacy' ? 'missing-column/addable' : 'missing-column/required',
    table,
    column,
  ),
  sql: `SELECT ${literal(column)} AS missing WHERE NOT EXISTS (
    SELECT 1 FROM pragma_table_xinfo(${literal(table.name)}) WHERE name = ${literal(column)})`,
})

function extraColumn(db: Handle, table: FileTable, column: Column): Issue {
  const { name, takesNull, hasDefault, isGenerated } = column
  if (isGenerated) return columnIssue('extra-column/generated', table, name)
  if (!takesNull && !hasDefault) return columnIssue('extra-column/required', table, name)
  const rows = `FROM ${identifier(table.name)} WHERE ${identifier(name)} IS NOT NULL`
  const count = db.prepare(`SELECT count(*) ${rows}`).pluck().get() as number
  if (count === 0) return columnIssue('extra-column/empty', table, name)
  const samples = db.prepare(`SELECT id ${rows} ORDER BY id LIMIT 20`).pluck().all()
  const sql = `SELECT id, ${identifier(name)} ${rows}`
  return issueOf('extra-column/values', { table: table.name, column: name, count, samples, sql })
}

function knownColumn(table: FileTable, column: Column, declaration: string): Issue[] {
  const { name, type, takesNull, isGenerated } = column
  if (isGenerated) return [columnIssue('generated-column', table, name)]
  const harmless = affinities[affinityOf(declaration.split(' ')[0] ?? '')] ?? []
  return [
    ...(harmless.includes(affinityOf(type)) ? [] : [columnIssue('column-type', table, name)]),
    ...(takesNull || !isNullable(declaration) ? [] : [columnIssue('column-not-null', table, name)]),
  ]
}

type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC'

/** Those that keep what v1 stores in a column of the first. BLOB keeps everything as it comes. */
const affinities: Readonly<Partial<Record<Affinity, readonly Affinity[]>>> = {
  TEXT: ['TEXT', 'BLOB'],
  INTEGER: ['INTEGER', 'NUMERIC', 'BLOB'],
  NUMERIC: ['NUMERIC', 'INTEGER', 'BLOB'],
}

/** SQLite's rules, in its order: https://www.sqlite.org/datatype3.html, 3.1. */
function affinityOf(type: string): Affinity {
  const upper = type.toUpperCase()
  if (upper.includes('INT')) return 'INTEGER'
  if (/CHAR|CLOB|TEXT/.test(upper)) return 'TEXT'
  if (upper === '' || upper.includes('BLOB')) return 'BLOB'
  return /REAL|FLOA|DOUB/.test(upper) ? 'REAL' : 'NUMERIC'
}
