import { downColumns, referencesInV1, standsInV1, type DownMapping } from '../mapping/down-mapping.js'
import { andNotSpared, keptColumns, type RowMapping } from '../mapping/row-mapping.js'
import { isTraced } from '../lineage.js'
import { call, type Procedure } from './procedure.js'
import { isHeld, mirrorReasons, now } from './record-held.js'
import { replacedWhileHeld } from './replaceable.js'
import { settle } from './settle-twins.js'

export const downViewName = ({ name }: RowMapping): string => `down_${name}`

/** The SELECT that turns v2's rows into v1's. */
export function downSelect(down: DownMapping): string {
  const values = Object.entries(downColumns(down)).map(([column, { sql }]) => `${sql} AS ${column}`)
  return `SELECT n.id AS id, ${values.join(', ')} FROM ${down.from}`
}

/** Another row of v1 that has the unique key which the row would get; an OR REPLACE must not delete it. */
const isTaken = ({ up, unique }: DownMapping) =>
  `EXISTS (SELECT 1 FROM ${up.source} other WHERE other.id <> d.id
      AND ${unique.map((column) => `other.${column} = d.${column}`).join(' AND ')})`

/** Every column, whether the write changes it or not. */
export const WHOLE_ROW = -1

/** Which of v1's columns a number of changes means: a bit each. */
const bitOf = (down: DownMapping, column: string) => 2 ** Object.keys(downColumns(down)).indexOf(column)

const bitsOf = (down: DownMapping, columns: readonly string[]) =>
  columns.reduce((bits, column) => bits + bitOf(down, column), 0)

const isChanged = (down: DownMapping, columns: readonly string[]) =>
  `(NEW.changes & ${bitsOf(down, columns)})`

/** SQL over OLD and NEW of v2's row: the bits of v1's columns that its change concerns. */
const changedBits = (down: DownMapping) =>
  Object.entries(downColumns(down))
    .map(
      ([column, { from }]) =>
        `(${from.map((one) => `OLD.${one} IS NOT NEW.${one}`).join(' OR ')}) * ${bitOf(down, column)}`,
    )
    .join(' + ')

const nameOf = (step: 'mirror' | 'compare' | 'replaced' | 'drop', { up }: DownMapping) => `${step}_${up.name}`

/** The procedures that make v1's row what v2's says, and record where v1 could not take it over. */
export const downProcedures = (down: DownMapping): Procedure[] => [
  {
    name: nameOf('mirror', down),
    keys: ['id', 'changes'],
    statements: [...updateInV1(down), insertInV1(down)],
  },
  { name: nameOf('compare', down), keys: ['id'], statements: recordUnmirrored(down) },
  ...removeReplaced(down),
]

/**
 * A row that v1 has made unfit holds writes of v1 that v2 has not: of that, a write to v2 carries over what
 * it changes, and no more. Else v2's whole row is v1's, which heals what could not be carried over before.
 */
export const mirrorIt = (down: DownMapping, event: 'INSERT' | 'UPDATE'): string =>
  call(
    nameOf('mirror', down),
    event === 'INSERT'
      ? `SELECT NEW.id, ${WHOLE_ROW}`
      : `SELECT NEW.id, CASE WHEN ${isHeld(down.up, 'NEW.id')} THEN ${changedBits(down)} ELSE ${WHOLE_ROW} END`,
  )

/** @param those what follows FROM: `c`, a row of v2 whose `column` is read again */
export const mirrorAgain = (down: DownMapping, column: string, those: string): string => {
  const following = Object.entries(downColumns(down)).flatMap(([name, { from }]) =>
    from.includes(column) ? [name] : [],
  )
  return call(
    nameOf('mirror', down),
    `SELECT c.id, CASE WHEN ${isHeld(down.up, 'c.id')} THEN ${bitsOf(down, following)} ELSE ${WHOLE_ROW} END
    FROM ${those}`,
  )
}

export const compareIt = (down: DownMapping, ids: string): string => call(nameOf('compare', down), ids)

function insertInV1(down: DownMapping): string {
  const columns = ['id', ...Object.keys(downColumns(down))].join(', ')
  return `INSERT INTO ${down.up.source} (${columns}) SELECT ${columns} FROM ${downViewName(down.up)} d
    WHERE d.id = NEW.id AND NOT EXISTS (SELECT 1 FROM ${down.up.source} own WHERE own.id = d.id)
      AND NOT ${isTaken(down)} AND NOT ${down.isDerived ?? '0'} ${andPossible(down)} ${andNotAnothers(down.up)}
    ON CONFLICT DO NOTHING`
}

/**
 * Changes only what means something else in v2: a date that v1 has as text stays text while it is the
 * same instant. What the row refers to is written only where that changes, and then all of it: SQLite looks for the
 * parent of each key that is written, the same as before or not, and a row that v1 has left an orphan has none.
 */
function updateInV1(down: DownMapping): string[] {
  const references = referencesInV1(down)
  const moves = references
    .map((column) => `(${isChanged(down, [column])} AND (${standsInV1(down, column)}) IS NOT TRUE)`)
    .join(' OR ')
  const values = Object.keys(downColumns(down)).filter((column) => !references.includes(column))
  const setValues = values.map((column) =>
    set(down, column, `NOT ${isChanged(down, [column])} OR ${standsInV1(down, column)}`),
  )
  const setReferences = references.map((column) => set(down, column, standsInV1(down, column)))
  return [
    updateWhere(down, setValues, `NOT (${moves})`),
    updateWhere(down, [...setReferences, ...setValues], `(${moves})`),
  ]
}

const set = ({ alias }: DownMapping, column: string, stands: string) => ({
  column,
  value: `CASE WHEN ${stands} THEN ${alias}.${column} ELSE d.${column} END`,
})

/** What is updated has no alias: an older SQLite takes none in a trigger, and so would not open the file any more. */
function updateWhere(down: DownMapping, changes: readonly ReturnType<typeof set>[], which: string): string {
  const { up, alias } = down
  return `UPDATE ${up.source} SET ${changes.map(({ column }) => `${column} = changed.${column}`).join(', ')}
    FROM (SELECT ${alias}.id AS changedId, ${changes.map(({ column, value }) => `${value} AS ${column}`).join(', ')}
      FROM ${downViewName(up)} d JOIN ${up.target} n ON n.id = d.id JOIN ${up.source} ${alias} ON ${alias}.id = d.id
      WHERE d.id = NEW.id AND ${which}
        AND (NOT ${isChanged(down, down.unique)} OR NOT ${isTaken(down)}) ${andPossible(down)}) changed
    WHERE ${up.source}.id = changed.changedId`
}

const andPossible = ({ possible }: DownMapping) => (possible === undefined ? '' : `AND ${possible}`)

/** v1's active model is not given what its legacy model has, nor the other way. */
const andNotAnothers = ({ target, spares }: RowMapping) =>
  spares === undefined
    ? ''
    : `AND NOT EXISTS (SELECT 1 FROM ${target} n WHERE n.id = d.id AND ${spares('n')})`

/** What v1 could not take over is on record: the row as v1 has it is not the row as v2 has it. */
function recordUnmirrored({ up, isDerived = '0' }: DownMapping): string[] {
  const equal = keptColumns(up)
    .map((column) => `u.${column} IS t.${column}`)
    .join(' AND ')
  return [
    `DELETE FROM migration_quarantine WHERE mapping = '${up.name}' AND rowId = NEW.id AND reason IN ${mirrorReasons}`,
    `INSERT INTO migration_quarantine (mapping, rowId, source, reason, at)
    SELECT '${up.name}', t.id, '${up.source}', 'unmirrored', ${now} FROM ${up.target} t
    WHERE t.id = NEW.id AND NOT ${isDerived} ${andNotSpared(up, 't')} AND NOT ${isHeld(up, 't.id')} AND NOT EXISTS (
      SELECT 1 FROM up_${up.name} u WHERE u.id = t.id AND u.misfit IS NULL AND ${equal})
    ON CONFLICT (mapping, rowId) DO UPDATE SET reason = excluded.reason, row = NULL, jobId = NULL, at = excluded.at,
      resolution = NULL, resolvedAt = NULL`,
  ]
}

/**
 * OR REPLACE deletes without firing a trigger, by a key that the new row has. What v1 could have under
 * that key has arrived before the write: if v2 lacks it now, it was replaced. Not what is in quarantine, unless v2 had it
 * before the write: it may fit now, as an orphan does whose parent gets its id by this very write.
 */
function removeReplaced(down: DownMapping): Procedure[] {
  const { up, replaced } = down
  if (replaced === undefined) return []
  const gone = `${up.source} WHERE ${replaced} AND id <> NEW.id
    AND NOT EXISTS (SELECT 1 FROM ${up.target} n WHERE n.id = ${up.source}.id)
    AND EXISTS (SELECT 1 FROM up_${up.name} u WHERE u.id = ${up.source}.id AND u.misfit IS NULL)
    AND NOT ${isHeld(up, `${up.source}.id`)}`
  const statements = [
    ...(up.name === 'tasks' ? [settle(`u.twinOf IN (SELECT id FROM ${gone})`)] : []),
    call(nameOf('drop', down), `SELECT id FROM ${gone}`),
    call(nameOf('drop', down), replacedWhileHeld(down)),
  ]
  const drop = [
    ...(isTraced(up)
      ? [`DELETE FROM migration_lineage WHERE mapping = '${up.name}' AND rowId = NEW.id`]
      : []),
    `DELETE FROM ${up.source} WHERE id = NEW.id`,
  ]
  return [
    { name: nameOf('drop', down), keys: ['id'], statements: drop },
    { name: nameOf('replaced', down), keys: keysIn(statements), statements },
  ]
}

export const callRemoveReplaced = (down: DownMapping): string[] =>
  removeReplaced(down)
    .slice(-1)
    .map(({ name, keys }) => call(name, `SELECT ${keys.map((key) => `NEW.${key}`).join(', ')}`))

/** What the statements want to know of the new row. */
const keysIn = (statements: readonly string[]) => [
  ...new Set(statements.flatMap((sql) => [...sql.matchAll(/NEW\.(\w+)/g)].map(([, key = '']) => key))),
]
