import type { RowMapping } from './row-mapping.js'

type Of = (column: string) => string

/** SQL of each part of the target's other unique key, of a row whose columns `of` gives. */
export const uniqueParts = ({ unique }: Pick<RowMapping, 'unique'>): ((of: Of) => string)[] =>
  unique.map((part) => (typeof part === 'string' ? (of: Of) => of(part) : part))

/** SQL: whether two rows have the same of what only one may have. */
export const isUniqueAs = (mapping: RowMapping, one: Of, other: Of): string =>
  uniqueParts(mapping)
    .map((part) => `${part(one)} IS ${part(other)}`)
    .join(' AND ')

/** The columns that the key is made of. */
export function uniqueColumns(mapping: RowMapping): string[] {
  const columns = new Set<string>()
  for (const part of uniqueParts(mapping)) part((column) => (columns.add(column), column))
  return [...columns]
}
