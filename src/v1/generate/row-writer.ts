import type { Database } from 'better-sqlite3'
import type { V1Table } from '../../../migrations/v1-tables.js'
import type { StoredInstant, V1Tables } from '../tables.js'

const BATCH_ROWS = 10_000

/** A row in which every instant may also be text, in the tables shared with v2 too. */
type AsStored<Row> = {
  [Column in keyof Row]: Column extends `${string}At` ? Row[Column] | StoredInstant : Row[Column]
}

export interface PrismaMigrationRow {
  id: string
  checksum: string
  finished_at: number
  migration_name: string
  logs: null
  rolled_back_at: null
  started_at: number
  applied_steps_count: number
}

type Rows = { [Table in keyof V1Tables]: AsStored<V1Tables[Table]> } & {
  _prisma_migrations: PrismaMigrationRow
}

/**
 * Adds a row. Columns that the file's table lacks are left out; `task_instances_old` and its like mean
 * the table without the suffix in a file of the older generation.
 */
export type Insert = <Table extends keyof Rows>(table: Table, row: Rows[Table]) => void

/** What SQLite can hold, whatever the column was meant for. `text`: bytes that need not be UTF-8. */
export type StoredValue = string | number | bigint | null | Buffer | { text: Buffer }

/** Sets columns of a row that is there, past what the types of `Insert` allow. */
export type Change = (table: keyof Rows, id: string, values: Readonly<Record<string, StoredValue>>) => void

export interface RowWriter {
  insert: Insert
  change: Change
  /** The file's own name of a table. */
  nameOf: (table: keyof Rows) => string
  /** Rows so far, by the file's own table names. */
  counts: Record<string, number>
  /** Commits what is left. */
  finish: () => void
}

/**
 * Writes rows in transactions of 10,000.
 *
 * @param onBatch called with the counts before the first and after each
 */
export function rowWriter(
  db: Database,
  tables: readonly V1Table[],
  onBatch: (counts: Record<string, number>) => void,
): RowWriter {
  const counts = Object.fromEntries(tables.map(({ name }) => [name, 0]))
  const statements = new Map(tables.map((table) => [table.name, db.prepare(insertSql(table))]))
  let rows = 0
  const commit = () => {
    db.exec('COMMIT')
    onBatch(counts)
  }
  const nameOf = (table: string) => (statements.has(table) ? table : table.replace(/_old$/, ''))
  const insert = (table: string, row: object) => {
    const name = nameOf(table)
    statements.get(name)?.run(row)
    counts[name] = (counts[name] ?? 0) + 1
    if (++rows % BATCH_ROWS > 0) return
    commit()
    db.exec('BEGIN')
  }
  const change: Change = (table, id, values) => {
    for (const [column, value] of Object.entries(values)) {
      const isText = value !== null && typeof value === 'object' && 'text' in value
      db.prepare(
        `UPDATE "${nameOf(table)}" SET "${column}" = ${isText ? 'CAST(? AS TEXT)' : '?'} WHERE id = ?`,
      ).run(isText ? value.text : value, id)
    }
  }
  onBatch(counts)
  db.exec('BEGIN')
  return { insert, change, nameOf, counts, finish: commit }
}

function insertSql({ name, columns }: V1Table): string {
  const names = columns.map(([column]) => column)
  const quoted = names.map((column) => `"${column}"`).join(', ')
  return `INSERT INTO "${name}" (${quoted}) VALUES (${names.map((column) => `@${column}`).join(', ')})`
}
