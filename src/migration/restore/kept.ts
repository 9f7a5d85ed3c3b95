import type { SchemaObject } from '../backup/schema-objects.js'

/** Tables, indexes and views that need not be touched. */
export function keptObjects(
  own: readonly SchemaObject[],
  backed: readonly SchemaObject[],
): ReadonlySet<string> {
  const declared = new Map(backed.map((object) => [object.name, object]))
  const same = own.filter(({ type, name, sql }) => {
    const other = declared.get(name)
    return type !== 'trigger' && other?.type === type && other.sql === sql
  })
  const names = new Set(same.map(({ name }) => name))
  return new Set(
    same.filter(({ type, table }) => type !== 'index' || names.has(table)).map(({ name }) => name),
  )
}
