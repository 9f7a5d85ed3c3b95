import type { Transaction } from 'kysely'
import type { Handle } from '../../db/database.js'
import { identifier, literal } from '../../db/quoting.js'
import { applySchemaFiles, type SchemaFile } from '../../db/schema-files.js'
import type { SchemaObject } from '../backup/schema-objects.js'
import { journalFiles } from '../journal-files.js'
import { requireForeignKeysOff } from '../own-connection.js'
import type { RestoredTable } from '../report.js'
import { takeState } from '../state.js'
import { countIn, rowsIn, type Counts } from '../table-checks.js'
import type { CompareTable } from './compared.js'
import { readDataObjects, type BackedData } from './data-objects.js'
import { countDifferences, hasDifferences, type Comparison } from './differences.js'
import { keptObjects } from './kept.js'
import { makeEqual } from './make-equal.js'

/** What this version has added to a database that has these tables. */
export type FilesFor = (tables: ReadonlySet<string>) => readonly SchemaFile[]

interface Restoring {
  backed: BackedData
  compare: CompareTable
  /** How many rows tables have, where that is known. */
  rows: Counts
  filesFor: FilesFor
}

/**
 * Makes all of the data what it is in the attached `backup`: rows, tables, indexes, views and triggers. In a
 * table that is declared in the same words only rows that differ are written. The journal stays.
 *
 * @returns what was written, and where, and how many rows there are then
 */
export async function restoreWhole(
  trx: Transaction<unknown>,
  db: Handle,
  { backed, compare, rows, filesFor }: Restoring,
): Promise<{ tables: RestoredTable[]; written: Comparison[]; rows: Counts }> {
  requireForeignKeysOff(db)
  const own = readDataObjects(db)
  const alike = keptObjects(own, backed.objects)
  const compared = new Map(
    backed.tables.filter(({ name }) => alike.has(name)).map((table) => [table.name, compare(table)]),
  )
  const before = countIn(db, [...compared.keys()], (_, table) => rows[table] ?? rowsIn(db, table))
  const isWritten = (table: string) => {
    const comparison = compared.get(table)
    return comparison === undefined || hasDifferences(db, comparison)
  }
  const kept = keptObjects(own, backed.objects, isWritten)
  const going = own.filter(({ name }) => !kept.has(name))
  const lost = countIn(
    db,
    going.filter(isTable).map(({ name }) => name),
    rowsIn,
  )
  // Triggers first: none may act on what is written.
  for (const { type, name } of going.toReversed()) db.exec(`DROP ${type} main.${identifier(name)}`)
  const missing = backed.objects.filter(({ name }) => !kept.has(name))
  for (const { sql } of missing.filter(isTable)) db.exec(sql)
  const written = backed.tables.map((table) => compared.get(table.name) ?? compare(table))
  const restored = written.map((comparison) => restoreRows(db, comparison, lost[comparison.table.name] ?? 0))
  const counted = restored.map(({ table: { table }, grownBy }) => [table, (before[table] ?? 0) + grownBy])
  for (const { sql } of missing.filter((object) => !isTable(object))) db.exec(sql)
  takeState(db, 'backup')
  takeSchemaFiles(db)
  const names = new Set(backed.tables.map(({ name }) => name))
  await applySchemaFiles(trx, filesFor(names))
  const others = Object.entries(lost).flatMap(([name, rows]) => (names.has(name) ? [] : gone(name, rows)))
  return {
    tables: [...restored.map(({ table }) => table), ...others],
    written,
    rows: Object.fromEntries(counted) as Counts,
  }
}

const isTable = ({ type }: SchemaObject) => type === 'table'

function restoreRows(
  db: Handle,
  comparison: Comparison,
  lost: number,
): { table: RestoredTable; grownBy: number } {
  const { deleted, inserted, updated, samples } = countDifferences(db, comparison)
  const grownBy = hasDifferences(db, comparison) ? makeEqual(db, comparison) : 0
  const table: RestoredTable = {
    table: comparison.table.name,
    because: 'asked',
    deleted: deleted + lost,
    inserted,
    updated,
    samples,
  }
  return { table, grownBy }
}

const gone = (table: string, deleted: number): RestoredTable => ({
  table,
  because: 'asked',
  deleted,
  inserted: 0,
  updated: 0,
  samples: { deleted: [], inserted: [], updated: [] },
})

/** The journal's own stay what they are: it may have become newer since. */
function takeSchemaFiles(db: Handle): void {
  const ofData = `name NOT IN (${journalFiles.map(({ name }) => literal(name)).join(', ')})`
  db.exec(`DELETE FROM main.schema_files WHERE ${ofData};
    INSERT INTO main.schema_files SELECT * FROM backup.schema_files WHERE ${ofData}`)
}
