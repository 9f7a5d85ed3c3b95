import type { Handle } from '../../../db/database.js'
import { identifier, literal } from '../../../db/quoting.js'
import type { HeldBack } from '../../../migration/assessment.js'
import type { FileTable } from './file-tables.js'

/**
 * Counts the rows that stay behind with `onInvalidRow: "quarantine"`: the misfits, and all that refers to
 * them, directly or not.
 *
 * @param tables parents first
 * @param misfits ids, by table
 */
export function heldBackRows(
  db: Handle,
  tables: readonly FileTable[],
  misfits: ReadonlyMap<string, readonly string[]>,
): HeldBack[] {
  db.exec('CREATE TEMP TABLE held_back (ofTable TEXT, id TEXT, PRIMARY KEY (ofTable, id)) WITHOUT ROWID')
  const hold = db.prepare('INSERT OR IGNORE INTO held_back VALUES (?, ?)')
  return tables.flatMap((table) => {
    const own = misfits.get(table.name) ?? []
    for (const id of own) hold.run(table.name, id)
    const dependants = holdDependants(db, table)
    return own.length + dependants === 0 ? [] : [{ table: table.name, misfits: own.length, dependants }]
  })
}

function holdDependants(db: Handle, { name, references }: FileTable): number {
  const held = db.prepare('SELECT DISTINCT ofTable FROM held_back').pluck().all()
  const conditions = Object.entries(references)
    .filter(([, parent]) => held.includes(parent))
    .map(
      ([column, parent]) =>
        `${identifier(column)} IN (SELECT id FROM held_back WHERE ofTable = ${literal(parent)})`,
    )
  if (conditions.length === 0) return 0
  return db
    .prepare(
      `INSERT OR IGNORE INTO held_back SELECT ${literal(name)}, id FROM ${identifier(name)} WHERE ${conditions.join(' OR ')}`,
    )
    .run().changes
}
