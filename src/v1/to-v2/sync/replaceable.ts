import type { DownMapping } from '../mapping/down-mapping.js'
import { isUniqueAs, uniqueColumns } from '../mapping/unique-key.js'
import { createTrigger, isUsersWrite } from './procedure.js'
import { isHeld } from './record-held.js'

/**
 * OR REPLACE deletes without firing a trigger. Of a row that waits nothing tells afterwards whether v2 had it: so those
 * that a write may replace are noted before it. A write that is refused takes its notes along; one that is ignored leaves
 * them to the next.
 */
export const replaceableTriggers = ({ up, replaced }: DownMapping): string[] =>
  replaced === undefined
    ? []
    : ['INSERT', `UPDATE OF ${uniqueColumns(up).join(', ')}`].map((event) =>
        createTrigger(
          `replaceable_${up.name}_${event.slice(0, 6).toLowerCase()}`,
          `BEFORE ${event} ON ${up.target}
WHEN ${isUsersWrite} AND EXISTS (SELECT 1 FROM migration_quarantine WHERE resolution IS NULL)`,
          [
            `DELETE FROM replaceable_rows WHERE mapping = '${up.name}'`,
            `INSERT INTO replaceable_rows SELECT '${up.name}', t.id FROM ${up.target} t
    WHERE ${isUniqueAs(
      up,
      (column) => `t.${column}`,
      (column) => `NEW.${column}`,
    )} AND t.id <> NEW.id AND ${isHeld(up, 't.id')}`,
          ],
        ),
      )

/** SELECT of the ids that v2 has no longer. */
export const replacedWhileHeld = ({ up }: DownMapping): string =>
  `SELECT r.rowId FROM replaceable_rows r WHERE r.mapping = '${up.name}'
    AND NOT EXISTS (SELECT 1 FROM ${up.target} n WHERE n.id = r.rowId)`
