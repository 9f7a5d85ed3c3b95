import type { Handle } from '../../../db/database.js'
import { bareSql, identifier, literal } from '../../../db/quoting.js'
import type { Issue } from '../../../migration/report.js'
import { whyNotV1 } from '../../adopt.js'
import type { FileKind } from './catalogue.js'
import { issueOf } from './issues.js'
import { columnIssues, readColumns } from './columns.js'
import { unlessBroken } from './damage.js'
import { wantedTables, type FileTable } from './file-tables.js'
import { foreignKeyIssues } from './foreign-keys.js'
import { missingKeys, uniqueIndexes } from './keys.js'

/** How the tables of the file differ from those that Prisma made for v1. */
export function structureIssues(db: Handle): Issue[] {
  const names = db
    .prepare(`SELECT name FROM main.sqlite_master WHERE type = 'table'`)
    .pluck()
    .all() as string[]
  const isAdoptable = whyNotV1(new Map(names.map((name) => [name, columnNames(db, name)]))) === undefined
  return wantedTables(db).flatMap((table) =>
    names.includes(table.name) ? issuesOf(db, table) : [missingTable(table, isAdoptable)],
  )
}

const columnNames = (db: Handle, table: string) => readColumns(db, table).map(({ name }) => name)

const missingTable = ({ name, kind }: FileTable, isAdoptable: boolean): Issue =>
  issueOf(kind === 'active' && isAdoptable ? 'missing-table/addable' : 'missing-table/required', {
    table: name,
    count: 1,
    samples: [name],
    sql: `SELECT ${literal(name)} AS missing WHERE NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ${literal(name)})`,
  })

const issuesOf = (db: Handle, table: FileTable): Issue[] => [
  ...columnIssues(db, table),
  ...keyIssues(db, table),
  ...declarationIssues(db, table),
  ...foreignKeyIssues(db, table),
  ...writeIssues(db, table),
]

/** Shown by how the table is declared. */
const declared = (
  kind: FileKind,
  table: FileTable,
  samples: unknown[] = [table.name],
  column?: string,
): Issue =>
  issueOf(kind, {
    table: table.name,
    ...(column === undefined ? {} : { column }),
    count: samples.length,
    samples,
    sql: `SELECT * FROM sqlite_master WHERE tbl_name = ${literal(table.name)} AND type IN ('table', 'index')`,
  })

const keyIssues = (db: Handle, table: FileTable): Issue[] =>
  missingKeys(db, table).flatMap((key) => {
    const column = key.join(', ')
    if (column === 'id') return [declared('key-missing/id', table, ['id'], column)]
    return table.kind === 'shared' ? [] : [declared('key-missing/unique', table, [column], column)]
  })

function declarationIssues(db: Handle, table: FileTable): Issue[] {
  const sql = bareSql(
    db
      .prepare(`SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?`)
      .pluck()
      .get(table.name) as string,
  )
  const collations = [...sql.matchAll(/\bCOLLATE\s+["'`[]?(\w+)/gi)]
    .map(([, name = '']) => name)
    .filter((name) => name.toUpperCase() !== 'BINARY')
  const own = [['id'], ...table.uniques].map(sorted)
  const extra = uniqueIndexes(db, table.name).filter(
    ({ columns, isPartial }) => isPartial || !own.includes(sorted(columns)),
  )
  return [
    ...(collations.length === 0
      ? []
      : [declared(table.isInBoth ? 'collation/shared' : 'collation/active', table, collations)]),
    ...(/\bWITHOUT\s+ROWID\b/i.test(sql) ? [declared('without-rowid', table)] : []),
    ...(/\bCHECK\s*\(/i.test(sql) ? [declared('constraint/check', table)] : []),
    ...(extra.length === 0
      ? []
      : [
          declared(
            'constraint/unique',
            table,
            extra.map(({ name }) => name),
          ),
        ]),
  ]
}

const sorted = (columns: readonly string[]) => [...columns].sort().join()

/** Compiling a statement takes its triggers, foreign keys and collations along, and runs nothing. */
function writeIssues(db: Handle, table: FileTable): Issue[] {
  const name = identifier(table.name)
  const columns = readColumns(db, table.name)
    .filter(({ isGenerated }) => !isGenerated)
    .map((column) => identifier(column.name))
  const statements = [
    `INSERT INTO ${name} DEFAULT VALUES`,
    `UPDATE ${name} SET ${columns.map((column) => `${column} = ${column}`).join(', ')}`,
    `DELETE FROM ${name}`,
  ]
  const refusals: string[] = []
  for (const statement of statements)
    unlessBroken(
      () => db.prepare(statement),
      (reason) => refusals.push(reason),
    )
  return refusals.length === 0 ? [] : [declared('unwritable-table', table, [...new Set(refusals)])]
}
