import { downSelect, downViewName } from './sync/down-procedures.js'
import { downMappingOf } from './mapping/down-mapping.js'
import { viewName, type RowMapping } from './mapping/row-mapping.js'

/**
 * The SELECT that turns v1's rows into v2's: the id, every column of the target, the extras, and
 * `misfit`, the first reason why the row does not fit, NULL where it does.
 */
export function upSelect(mapping: RowMapping): string {
  const columns = Object.entries(mapping.columns).map(([column, { sql }]) => `${sql} AS ${column}`)
  const extras = Object.entries(mapping.extras ?? {}).map(([column, sql]) => `${sql} AS ${column}`)
  return [
    `SELECT ${mapping.id} AS id`,
    ...[...columns, ...extras, `${misfitOf(mapping)} AS misfit`].map((column) => `, ${column}`),
    `FROM ${mapping.from}`,
    mapping.where === undefined ? '' : `WHERE ${mapping.where}`,
    mapping.groupBy === undefined ? '' : `GROUP BY ${mapping.groupBy}`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function misfitOf(mapping: RowMapping): string {
  // v2's ids are text, and the backfill walks from the empty one.
  const id = { reason: 'wrong-type:id', when: `typeof(${mapping.id}) IS NOT 'text' OR ${mapping.id} = ''` }
  const misfits = [id, ...Object.values(mapping.columns).flatMap((rule) => rule.misfits)]
  return `CASE ${misfits.map(({ reason, when }) => `WHEN ${when} THEN '${reason}'`).join(' ')} END`
}

/** @param schema `temp` for a connection that must leave the file as it is */
export const createUpViews = (mappings: readonly RowMapping[], schema: 'main' | 'temp'): string[] =>
  mappings.flatMap((mapping) =>
    [mapping.base ?? [], { view: viewName(mapping), select: upSelect(mapping) }]
      .flat()
      .map(({ view, select }) => `CREATE ${schema === 'temp' ? 'TEMP ' : ''}VIEW ${view} AS ${select}`),
  )

/** What v2's rows become in v1. Only where v2's tables are. */
export const createDownViews = (mappings: readonly RowMapping[]): string[] =>
  mappings
    .flatMap((mapping) => downMappingOf(mapping) ?? [])
    .map((down) => `CREATE VIEW ${downViewName(down.up)} AS ${downSelect(down)}`)
