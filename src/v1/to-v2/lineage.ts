import { literal } from '../../db/quoting.js'
import { keepsIds, type RowMapping } from './mapping/row-mapping.js'

/** Where v2 has another value than v1, by the rules of the columns. */
const deviating = ({ columns }: RowMapping) =>
  Object.entries(columns).flatMap(([column, { deviates = [] }]) =>
    deviates.length === 0 ? [] : [{ column, deviates }],
  )

/** Whether the mapping has values that are not simply copied, of rows that keep their id. */
export const isTraced = (mapping: RowMapping): boolean => keepsIds(mapping) && deviating(mapping).length > 0

export const lineageViewName = ({ name }: RowMapping): string => `lineage_${name}`

/** SELECT of `id`, `column`, `rule` and `original`: every value of v2 that is not simply v1's. */
const lineageSelect = (mapping: RowMapping): string =>
  deviating(mapping)
    .map(({ column, deviates }) => {
      const pick = (part: (one: (typeof deviates)[number]) => string) =>
        deviates.length === 1 && deviates[0] !== undefined
          ? part(deviates[0])
          : `CASE ${deviates.map((one) => `WHEN ${one.when} THEN ${part(one)}`).join(' ')} END`
      const any = deviates.map(({ when }) => when).join(' OR ')
      return `SELECT ${mapping.id} AS id, ${literal(column)} AS "column", ${pick(({ rule }) => rule)} AS rule,
      ${pick(({ original }) => original)} AS original FROM ${mapping.from} WHERE (${any})`
    })
    .join('\nUNION ALL ')

export const createLineageViews = (mappings: readonly RowMapping[]): string[] =>
  mappings
    .filter(isTraced)
    .map((mapping) => `CREATE VIEW ${lineageViewName(mapping)} AS ${lineageSelect(mapping)}`)

/** Puts on record what deviates among the rows that v2 has; `which` is SQL over `l.id`. */
const insertLineage = (mapping: RowMapping, which: string): string =>
  `INSERT INTO migration_lineage SELECT '${mapping.name}', l.id, l."column", l.rule, l.original
    FROM ${lineageViewName(mapping)} l JOIN ${mapping.target} t ON t.id = l.id WHERE ${which}`

/** One look at each row of the chunk, and a closer one at those of which a value deviates. */
export function traceChunk(mapping: RowMapping): string {
  const any = deviating(mapping).flatMap(({ deviates }) => deviates.map(({ when }) => when))
  return `${insertLineage(
    mapping,
    `l.id IN (SELECT ${mapping.id} FROM ${mapping.from} WHERE ${mapping.id} > ? AND ${mapping.id} <= ? AND (${any.join(' OR ')}))`,
  )} ON CONFLICT DO NOTHING`
}

/** For a trigger after a row of the target was deleted, by whichever way. */
export const forgetLineage = (mapping: RowMapping): string =>
  `DELETE FROM migration_lineage WHERE mapping = '${mapping.name}' AND rowId = OLD.id`

/** The record of the rows of a scope, made anew. */
export function traceScope(mapping: RowMapping): string[] {
  if (!isTraced(mapping)) return []
  const { traced } = mapping.scope
  return [
    `DELETE FROM migration_lineage WHERE mapping = '${mapping.name}' AND ${traced?.forget ?? 'rowId = NEW.id'}`,
    insertLineage(mapping, traced?.those ?? 'l.id = NEW.id'),
  ]
}
