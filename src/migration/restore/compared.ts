import type { Handle } from '../../db/database.js'
import type { Run } from '../run.js'
import { countIn, rowsIn, type Counts } from '../table-checks.js'
import { installCapture, isCaptureWhole, removeCapture, takeTouched, touchedPlaces } from './capture.js'
import { readDataObjects, readDataTables, type BackedData, type DataTable } from './data-objects.js'
import { beginComparison, compareAll, compareInParts, revise, type Comparison } from './differences.js'
import { keptObjects } from './kept.js'

/** Says where a table differs from the attached `backup`, as it is now. */
export type CompareTable = (table: DataTable) => Comparison

/** What is known under the lock, before anything is written. */
interface Ended {
  table: CompareTable
  /** How many rows the tables have that both declare alike. */
  rows: Counts
  /** SELECT of the places where a table differs; undefined where it is not known. */
  placesIn: (table: string) => string | undefined
}

/**
 * The comparison of all of the data with a backup. It begins while others write, and ends under the lock, on
 * the same connection, with the rows that they have written meanwhile.
 */
export function createCompared(run: Run, backed: BackedData) {
  const begun = new Map<string, Comparison>()
  let schemaVersion = NaN
  const numbers = new Map(backed.tables.map(({ name }, n) => [name, n]))
  const numberOf = ({ name }: DataTable) => numbers.get(name) ?? NaN
  return {
    async begin(db: Handle): Promise<void> {
      const tables = comparable(run.db, backed)
      schemaVersion = run.transaction(() => installCapture(run.db, tables))
      for (const table of tables) {
        const comparison = beginComparison(db, table, numberOf(table))
        await compareInParts(db, comparison, () => run.rest())
        begun.set(table.name, comparison)
      }
    },
    /** @param backedRows how many rows each table has in the backup */
    end(db: Handle, backedRows: Counts): Ended {
      // Somebody may have declared something else meanwhile, or moved the rows: then all is compared again.
      const known = isCaptureWhole(db, schemaVersion) ? begun : new Map<string, Comparison>()
      if (known.size > 0) {
        const touched = takeTouched(db)
        for (const [name, comparison] of known)
          if (touched.has(name)) revise(db, comparison, touchedPlaces(comparison.table))
      }
      removeCapture(db)
      const rows = countIn(db, [...known.keys()], rowsIn)
      for (const [name, comparison] of known)
        if (rows[name] !== explainedRows(db, comparison, backedRows[name] ?? 0))
          compareAll(db, comparison.table, numberOf(comparison.table))
      return {
        rows,
        table: (table) => known.get(table.name) ?? compareAll(db, table, numberOf(table)),
        placesIn(table) {
          const ours = known.get(table)?.ours
          return ours === undefined ? undefined : `SELECT place0 FROM ${ours}`
        },
      }
    },
  }
}

/** The tables of both that are declared in the same words. */
function comparable(db: Handle, backed: BackedData): DataTable[] {
  const kept = keptObjects(readDataObjects(db), backed.objects)
  return readDataTables(db).filter(({ name }) => kept.has(name))
}

/** An OR REPLACE deletes without firing a trigger: then there are fewer rows than the differences leave. */
const explainedRows = (db: Handle, { ours, theirs }: Comparison, backedRows: number): number =>
  backedRows + rowsOf(db, ours) - rowsOf(db, theirs)

const rowsOf = (db: Handle, noted: string) =>
  db.prepare(`SELECT count(*) FROM ${noted}`).pluck().get() as number
