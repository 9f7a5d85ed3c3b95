import { sql, type RawBuilder } from 'kysely'

/**
 * SET of all these columns, in which those that are not given stay as they are stored, byte for byte. It is
 * one statement, whichever are given: to compile another with its triggers takes up to 60 ms.
 *
 * Not for a column that refers to another table: SQLite checks what is named, whether it changes or not.
 */
export function setGiven<Columns extends object>(
  names: readonly (keyof Columns & string)[],
  given: Partial<Columns>,
) {
  const unnamed = Object.keys(given).filter((key) => !(names as readonly string[]).includes(key))
  if (unnamed.length > 0) throw new Error(`not a column that can be set: ${unnamed.join(', ')}`)
  return Object.fromEntries(names.map((name) => [name, givenOr(name, given[name])])) as {
    [Name in keyof Columns]: RawBuilder<Columns[Name]>
  }
}

const givenOr = (name: string, value: unknown) =>
  sql`case when ${value === undefined ? 0 : 1} then ${value ?? null} else ${sql.ref(name)} end`
