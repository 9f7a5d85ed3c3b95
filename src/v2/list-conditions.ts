import { expressionBuilder, sql, type Expression, type SqlBool } from 'kysely'
import type { PageRequest } from '../http/page.js'
import type { V2Tables } from './tables.js'

/** The SQL condition that each filter of a list stands for. */
export type Conditions<Filters> = {
  [Name in keyof Filters]-?: (value: NonNullable<Filters[Name]>) => Expression<SqlBool>
}

export const equals = (column: string) => (value: string | number) =>
  sql<SqlBool>`${sql.ref(column)} = ${value}`

/** What rows meet that match every filter which was given. */
export function matching<Filters extends object>(
  conditions: Conditions<Filters>,
  filters: Filters,
): Expression<SqlBool> {
  const names = Object.keys(conditions) as (keyof Filters)[]
  const given = names.flatMap((name) => {
    const value = filters[name]
    return value === undefined || value === null ? [] : [conditions[name](value)]
  })
  return expressionBuilder<V2Tables>().and(given)
}

/** The same for the rows of a page, which come after the page before. */
export const onPage = <Filters extends object>(
  { after }: PageRequest,
  conditions: Conditions<Filters>,
  filters: Filters,
): Expression<SqlBool> =>
  after === undefined
    ? matching(conditions, filters)
    : expressionBuilder<V2Tables>().and([sql<SqlBool>`id > ${after}`, matching(conditions, filters)])
