import type { Handle } from '../../db/database.js'
import { identifier } from '../../db/quoting.js'
import type { Counts } from '../table-checks.js'
import { isEmpty, isNoted, type Comparison } from './differences.js'

interface Reference {
  /** Names are quoted. */
  parent: string
  pairs: readonly (readonly [from: string, to: string])[]
}

/**
 * How many references lead to nothing among those that a restore can have broken: of rows that it wrote, and
 * to rows that it took away. All of them would take seconds, while writes wait.
 *
 * @param schema in which of the two
 */
export function danglingAmong(db: Handle, schema: 'main' | 'backup', written: readonly Comparison[]): Counts {
  const byName = new Map(written.map((comparison) => [comparison.table.quoted.toLowerCase(), comparison]))
  return Object.fromEntries(
    written.map((child) => [
      child.table.name,
      referencesOf(db, child).reduce(
        (sum, reference) =>
          sum +
          countDangling(db, schema, { child, reference, parent: byName.get(reference.parent.toLowerCase()) }),
        0,
      ),
    ]),
  )
}

function referencesOf(db: Handle, { table }: Comparison): Reference[] {
  const rows = db
    .prepare(
      `SELECT id, "table" AS parent, "from" AS child, coalesce("to", (
          SELECT name FROM pragma_table_info(f."table", 'main') WHERE pk = f.seq + 1)) AS key
       FROM pragma_foreign_key_list(?, 'main') f ORDER BY id, seq`,
    )
    .all(table.name) as { id: number; parent: string; child: string; key: string }[]
  return rows
    .filter(({ id }, n) => rows[n - 1]?.id !== id)
    .map(({ id, parent }) => ({
      parent: identifier(parent),
      pairs: rows
        .filter((row) => row.id === id)
        .map(({ child, key }) => [identifier(child), identifier(key)] as const),
    }))
}

interface Edge {
  child: Comparison
  reference: Reference
  /** Undefined where nothing of it is restored, or it is not there at all. */
  parent: Comparison | undefined
}

function countDangling(db: Handle, schema: string, { child, reference, parent }: Edge): number {
  const { pairs } = reference
  const isSet = pairs.map(([from]) => `c.${from} IS NOT NULL`).join(' AND ')
  const isParent = pairs.map(([from, to]) => `p.${to} = c.${from}`).join(' AND ')
  const leadsToNothing =
    parent === undefined
      ? isSet
      : `${isSet} AND NOT EXISTS (SELECT 1 FROM ${schema}.${reference.parent} p WHERE ${isParent})`
  const among = (which: string) =>
    db
      .prepare(`SELECT count(*) FROM ${schema}.${child.table.quoted} c WHERE ${which} AND ${leadsToNothing}`)
      .pluck()
      .get() as number
  const ofWritten = isEmpty(db, child.theirs) ? 0 : among(isNoted(child, 'theirs', 'c'))
  if (parent === undefined || isEmpty(db, parent.ours)) return ofWritten
  return ofWritten + among(mayReferTo(reference, parent))
}

/**
 * SQL: whether the reference may lead to a row that was taken away, and is not to come back under its key; to
 * other columns than the key all may.
 */
function mayReferTo({ pairs }: Reference, { table, ours, theirs }: Comparison): string {
  const [[from, to] = ['', ''], ...more] = pairs
  return more.length === 0 && table.key.length === 1 && table.key[0] === to
    ? `c.${from} IN (SELECT key0 FROM ${ours} EXCEPT SELECT key0 FROM ${theirs})`
    : '1'
}
