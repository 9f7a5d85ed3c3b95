import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../../kernel/instant.js'
import { instanceStatuses } from '../../../kernel/instance-status.js'
import { storedBoolean, storedInstant } from '../../../db/stored-instant.js'

/** A reason why a v1 row does not fit, and SQL that is true where it applies. */
export interface Misfit {
  /** `<class>:<column>`, as the assessment and the quarantine name it: `bad-date:dueDate`. */
  reason: string
  when: string
}

/**
 * What one v2 column becomes. SQL refers to the source by the aliases of its mapping.
 *
 * `keeper` says whose value it is: a `v2` column is NULL on arrival, and no v1 write ever changes it.
 */
export interface ColumnRule {
  keeper: 'v1' | 'v2'
  sql: string
  misfits: readonly Misfit[]
  /** For the mapping table in the docs. */
  words: string
  /** The source's column, where it is a date in any of the three forms. */
  datedBy?: string
}

const rule = (sql: string, words: string, misfits: readonly Misfit[] = []): ColumnRule => ({
  keeper: 'v1',
  sql,
  words,
  misfits,
})

const columnOf = (source: string) => source.slice(source.indexOf('.') + 1)

/** Text kept byte for byte. v2's tables are STRICT: a BLOB in a text column does not fit. */
export const text = (source: string): ColumnRule =>
  rule(source, `${source}, byte for byte`, [
    { reason: `wrong-type:${columnOf(source)}`, when: `typeof(${source}) IS NOT 'text'` },
  ])

export const optionalText = (source: string): ColumnRule =>
  rule(source, `${source}, byte for byte`, [
    { reason: `wrong-type:${columnOf(source)}`, when: `typeof(${source}) NOT IN ('text', 'null')` },
  ])

export const integer = (source: string): ColumnRule =>
  rule(source, source, [
    { reason: `wrong-type:${columnOf(source)}`, when: `typeof(${source}) IS NOT 'integer'` },
  ])

const badDate = (source: string, extra: string): Misfit => ({
  reason: `bad-date:${columnOf(source)}`,
  when: `${extra} coalesce(${storedInstant(source)} NOT BETWEEN ${EARLIEST_INSTANT} AND ${LATEST_INSTANT}, 1)`,
})

/** Any of the three forms of a date, as epoch milliseconds; 1990 to 2100. */
export const instant = (source: string): ColumnRule => ({
  ...rule(storedInstant(source), `${source}, as epoch milliseconds`, [badDate(source, '')]),
  datedBy: columnOf(source),
})

export const optionalInstant = (source: string): ColumnRule => ({
  ...instant(source),
  misfits: [badDate(source, `${source} IS NOT NULL AND`)],
})

export const flag = (source: string): ColumnRule =>
  rule(storedBoolean(source), `${source}, as 0 or 1`, [
    { reason: `odd-boolean:${columnOf(source)}`, when: `${storedBoolean(source)} IS NULL` },
  ])

export const status = (source: string): ColumnRule =>
  rule(source, source, [
    {
      reason: `invalid-status:${columnOf(source)}`,
      when: `coalesce(${source} NOT IN (${instanceStatuses.map((one) => `'${one}'`).join(', ')}), 1)`,
    },
  ])

/** A foreign key whose parent must exist in `parent`, a v1 table. */
export const reference = (source: string, parent: string): ColumnRule =>
  rule(source, source, [
    {
      reason: `orphan:${columnOf(source)}`,
      when: `NOT EXISTS (SELECT 1 FROM ${parent} parent WHERE parent.id = ${source})`,
    },
  ])

/** A value that follows from others by a rule of its own. */
export const derived = (sql: string, words: string): ColumnRule => rule(sql, words)

/** v2's alone: v1 has no place for it. */
export const v2Only = (): ColumnRule => ({
  keeper: 'v2',
  sql: 'NULL',
  misfits: [],
  words: 'empty; kept in v2 alone',
})
