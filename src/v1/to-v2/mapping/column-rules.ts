import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../../kernel/instant.js'
import { storedBoolean, storedInstant } from '../../../db/stored-instant.js'
import { isStatus, statusByRules } from '../status-rules.js'

/** A reason why a v1 row does not fit, and SQL that is true where it applies. */
export interface Misfit {
  /** `<class>:<column>`, as the assessment and the quarantine name it: `bad-date:dueDate`. */
  reason: string
  when: string
}

/** A value of v2 that is not simply v1's. All SQL over the source: the rule that made it, where, and what v1 has. */
export interface Deviation {
  rule: string
  when: string
  original: string
}

/**
 * What one v2 column becomes. SQL refers to the source by the aliases of its mapping.
 *
 * `keeper` says whose value it is: no v1 write ever changes a `v2` column once the row is there.
 */
export interface ColumnRule {
  keeper: 'v1' | 'v2'
  sql: string
  misfits: readonly Misfit[]
  /** For the mapping table in the docs. */
  words: string
  /** The one column of v1 that it reads: a v2 value goes back there. */
  holds?: string
  /** For v2's alone: SQL over the arriving row, `excluded`, without which the value makes no sense any more. */
  standsWhile?: string
  /** The source's column, where it is a date in any of the three forms. */
  datedBy?: string
  /** The first that applies is on record in the lineage. */
  deviates?: readonly Deviation[]
}

const columnOf = (source: string) => source.slice(source.indexOf('.') + 1)

/** One column of v1's, read by `sql`. */
const held = (source: string, sql: string, words: string, misfits: readonly Misfit[]): ColumnRule => ({
  keeper: 'v1',
  sql,
  words,
  misfits,
  holds: columnOf(source),
})

/** Text kept byte for byte. v2's tables are STRICT: a BLOB in a text column does not fit. */
export const text = (source: string): ColumnRule =>
  held(source, source, `${source}, byte for byte`, [
    { reason: `wrong-type:${columnOf(source)}`, when: `typeof(${source}) IS NOT 'text'` },
  ])

export const optionalText = (source: string): ColumnRule =>
  held(source, source, `${source}, byte for byte`, [
    { reason: `wrong-type:${columnOf(source)}`, when: `typeof(${source}) NOT IN ('text', 'null')` },
  ])

export const integer = (source: string): ColumnRule =>
  held(source, source, source, [
    { reason: `wrong-type:${columnOf(source)}`, when: `typeof(${source}) IS NOT 'integer'` },
  ])

/** SQL that is true where a number is stored as text: a comparison, which a backfill makes for every row, takes less than typeof(). */
const isTextForm = (source: string) => `${source} >= ''`

const badDate = (source: string, extra: string): Misfit => ({
  reason: `bad-date:${columnOf(source)}`,
  when: `${extra} coalesce(${storedInstant(source)} NOT BETWEEN ${EARLIEST_INSTANT} AND ${LATEST_INSTANT}, 1)`,
})

/** SQL for the instant where it fits, else NULL. */
export const fittingInstant = (source: string): string =>
  `CASE WHEN ${storedInstant(source)} BETWEEN ${EARLIEST_INSTANT} AND ${LATEST_INSTANT} THEN ${storedInstant(source)} END`

/** Any of the three forms of a date, as epoch milliseconds; 1990 to 2100. */
export const instant = (source: string): ColumnRule => ({
  ...held(source, storedInstant(source), `${source}, as epoch milliseconds`, [badDate(source, '')]),
  datedBy: columnOf(source),
  deviates: [{ rule: `'date form'`, when: isTextForm(source), original: source }],
})

export const optionalInstant = (source: string): ColumnRule => ({
  ...instant(source),
  misfits: [badDate(source, `${source} IS NOT NULL AND`)],
})

export const flag = (source: string): ColumnRule => ({
  ...held(source, storedBoolean(source), `${source}, as 0 or 1`, [
    { reason: `odd-boolean:${columnOf(source)}`, when: `${storedBoolean(source)} IS NULL` },
  ]),
  deviates: [{ rule: `'boolean form'`, when: isTextForm(source), original: source }],
})

/** One of the five; else what the rules make of it, or what it spells. */
export const status = (source: string): ColumnRule => ({
  ...held(source, statusByRules(source), `${source}; else what \`statusMap\` says, or what it spells`, [
    { reason: `invalid-status:${columnOf(source)}`, when: `${statusByRules(source)} IS NULL` },
  ]),
  deviates: [
    {
      rule: `'status map'`,
      when: `NOT ${isStatus(source)} AND ${source} IN (SELECT stored FROM status_rules)`,
      original: source,
    },
    { rule: `'status spelling'`, when: `NOT ${isStatus(source)}`, original: source },
  ],
})

/** A foreign key whose parent must exist in `parent`, a v1 table. */
export const reference = (source: string, parent: string): ColumnRule =>
  held(source, source, source, [
    {
      reason: `orphan:${columnOf(source)}`,
      when: `NOT EXISTS (SELECT 1 FROM ${parent} parent WHERE parent.id = ${source})`,
    },
  ])

/** A value that follows from others by a rule of its own. */
export const derived = (sql: string, words: string, misfits: readonly Misfit[] = []): ColumnRule => ({
  keeper: 'v1',
  sql,
  words,
  misfits,
})

/** v2's alone: v1 has no place for it. */
export const v2Only = (): ColumnRule => ({
  keeper: 'v2',
  sql: 'NULL',
  misfits: [],
  words: 'empty; kept in v2 alone',
})

/** v2's alone, and cleared when a v1 write makes `condition`, over `excluded`, untrue. */
export const v2OnlyWhile = (condition: string): ColumnRule => ({ ...v2Only(), standsWhile: condition })

/** v2's alone from its arrival on; until then v1 says what it is. */
export const initially = (sql: string, words: string, misfits: readonly Misfit[] = []): ColumnRule => ({
  keeper: 'v2',
  sql,
  misfits,
  words: `${words}, at first; then kept in v2 alone`,
})
