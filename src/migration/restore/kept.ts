import type { SchemaObject } from '../backup/schema-objects.js'

/**
 * Tables, indexes and views that need not be touched, and triggers that nothing sets off.
 *
 * @param isWritten whether rows of that table are to be written; not given: of each
 */
export function keptObjects(
  own: readonly SchemaObject[],
  backed: readonly SchemaObject[],
  isWritten: (table: string) => boolean = () => true,
): ReadonlySet<string> {
  const declared = new Map(backed.map((object) => [object.name, object]))
  const same = own.filter(({ type, name, table, sql }) => {
    const other = declared.get(name)
    return other?.type === type && other.sql === sql && (type !== 'trigger' || !isWritten(table))
  })
  const names = new Set(same.map(({ name }) => name))
  return new Set(
    same
      .filter(({ type, table }) => type === 'table' || type === 'view' || names.has(table))
      .map(({ name }) => name),
  )
}
