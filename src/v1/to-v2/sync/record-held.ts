import { heldViewName, rowAsJson, type HeldRows } from '../held-rows.js'

/** SQL for the instant of the statement, as the service stores instants. */
export const now = `CAST(strftime('%s', 'now') AS INTEGER) * 1000`

/** What sync could not carry over is no matter of the row itself, and is over once it could. */
export const mirrorReasons = `('unmirrored', 'missing')`

/** SQL that is true where v1's row does not fit, as the quarantine has it. */
export const isHeld = ({ name }: Pick<HeldRows, 'name'>, id: string): string =>
  `EXISTS (SELECT 1 FROM migration_quarantine q WHERE q.mapping = '${name}' AND q.rowId = ${id}
      AND q.resolution IS NULL AND q.reason NOT IN ${mirrorReasons})`

/**
 * Puts a row of v1 that v2 does not hold on record, as it is; one that fits by now, or is gone, is
 * resolved. The row's id is `NEW.id`.
 */
export function recordHeld(held: HeldRows): string[] {
  const { name, source } = held
  const isThis = `mapping = '${name}' AND rowId = coalesce(CAST(NEW.id AS TEXT), '')`
  return [
    `DELETE FROM migration_quarantine WHERE ${isThis} AND reason IN ${mirrorReasons}`,
    `UPDATE migration_quarantine SET resolvedAt = ${now},
      resolution = iif(EXISTS (SELECT 1 FROM ${source} s WHERE s.id = NEW.id), 'migrated', 'gone')
    WHERE ${isThis} AND resolution IS NULL`,
    // SQLite would compile the view twice, were it asked before as well.
    `INSERT INTO migration_quarantine (mapping, rowId, source, reason, row, at)
    SELECT '${name}', coalesce(CAST(h.id AS TEXT), ''), '${source}', h.reason, ${rowAsJson(held)}, ${now}
    FROM ${heldViewName(held)} h JOIN ${source} s ON s.id IS h.id WHERE h.id IS NEW.id AND h.reason IS NOT NULL
    ON CONFLICT (mapping, rowId) DO UPDATE SET reason = excluded.reason, row = excluded.row,
      at = iif(row IS excluded.row AND reason = excluded.reason, at, excluded.at),
      resolution = NULL, resolvedAt = NULL`,
  ]
}
