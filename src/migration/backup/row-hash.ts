import { createHash } from 'node:crypto'
import type { Handle } from '../../db/database.js'
import { linesOf, type BackedTable } from './table-lines.js'

const LINE_END = Buffer.from('\r\n')

/** SHA-256 over the lines of a table: equal for equal rows, whatever order they were written in. */
export function createRowHash(): { add(line: Buffer): void; readonly rows: number; digest(): string } {
  const hash = createHash('sha256')
  let rows = 0
  return {
    add(line) {
      hash.update(line).update(LINE_END)
      rows++
    },
    get rows() {
      return rows
    },
    digest: () => hash.digest('hex'),
  }
}

const ROWS_BETWEEN_RESTS = 5_000

export async function hashTable(
  db: Handle,
  table: BackedTable,
  rest: () => Promise<void>,
): Promise<{ rows: number; rowHash: string }> {
  const hash = createRowHash()
  for (const line of linesOf(db, table)) {
    hash.add(line)
    if (hash.rows % ROWS_BETWEEN_RESTS === 0) await rest()
  }
  return { rows: hash.rows, rowHash: hash.digest() }
}
