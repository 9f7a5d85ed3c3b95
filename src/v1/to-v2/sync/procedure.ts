/**
 * SQLite has no procedures; a view without rows and an INSTEAD OF trigger on it make one, and an INSERT
 * into it calls it, once for each row inserted. Arguments are `NEW.<argument>` in its statements.
 *
 * Why at all: SQLite compiles every trigger that a statement can reach each time it prepares the
 * statement, a body as often as it is written down. Written down once, a body is compiled once.
 */
export interface Procedure {
  name: string
  keys: readonly string[]
  statements: readonly string[]
}

export const createProcedure = ({ name, keys, statements }: Procedure): string[] => [
  `CREATE VIEW ${name} AS SELECT ${keys.map((key) => `NULL AS ${key}`).join(', ')} WHERE 0`,
  createTrigger(`${name}_run`, `INSTEAD OF INSERT ON ${name}`, statements),
]

/** Runs the procedure for each row of the SELECT, in its order. */
export const call = (name: string, select: string): string => `INSERT INTO ${name} ${select}`

/** For a trigger's WHEN: true where no mirror is at work, so that it is a user's write. */
export const isUsersWrite = 'NOT EXISTS (SELECT 1 FROM sync_guard)'

/**
 * A trigger. Its writes say OR ABORT, and so does all that they lead to: SQLite compiles a trigger once for
 * each conflict rule that leads to it, and an upsert always aborts.
 */
export const createTrigger = (name: string, when: string, statements: readonly string[]): string =>
  `CREATE TRIGGER ${name} ${when}
BEGIN
  ${statements.map(aborting).join(';\n  ')};
END`

const aborting = (statement: string) =>
  statement.replace(/^INSERT INTO/, 'INSERT OR ABORT INTO').replace(/^UPDATE (?!OR )/, 'UPDATE OR ABORT ')
