import type { Handle } from '../../../db/database.js'
import { identifier, literal } from '../../../db/quoting.js'
import type { Issue } from '../../../migration/report.js'
import { issueOf } from './issues.js'
import { unlessBroken } from './damage.js'
import type { FileTable } from './file-tables.js'

/** v1's references that the file does not declare, or otherwise: all of them cascade. */
export function foreignKeyIssues(db: Handle, table: FileTable): Issue[] {
  const cascading = db
    .prepare(
      `SELECT "from" || ' ' || "table" FROM pragma_foreign_key_list(?)
       WHERE on_delete = 'CASCADE' AND on_update = 'CASCADE' AND coalesce("to", 'id') = 'id'`,
    )
    .pluck()
    .all(table.name)
  return Object.entries(table.references)
    .filter(([column, parent]) => !cascading.includes(`${column} ${parent}`))
    .map(([column]) =>
      issueOf('foreign-key/differs', {
        table: table.name,
        column,
        count: 1,
        samples: [column],
        sql: `SELECT sql FROM sqlite_master WHERE name = ${literal(table.name)}`,
      }),
    )
}

interface Reference {
  column: string
  parent: string
}

interface Violation extends Reference {
  count: number
}

/** Violated references that are not v1's own: those are orphans, row by row. */
export function violationIssues(db: Handle, tables: readonly string[], known: readonly FileTable[]): Issue[] {
  return tables.flatMap((table) => {
    const references = known.find(({ name }) => name === table)?.references
    const isOther = ({ column, parent }: Reference) => references?.[column] !== parent
    // The check takes its time, and tells nothing new of a table that has v1's references alone.
    if (!referencesOf(db, table).some(isOther)) return []
    return violationsOf(db, table)
      .filter(isOther)
      .map((violation) => violationIssue(db, table, violation))
  })
}

function violationIssue(db: Handle, table: string, { column, count }: Violation): Issue {
  const check = `SELECT rowid FROM pragma_foreign_key_check(${literal(table)}) WHERE fkid IN (
    SELECT id FROM pragma_foreign_key_list(${literal(table)}) WHERE "from" = ${literal(column)})`
  const sql = `SELECT * FROM ${identifier(table)} WHERE rowid IN (${check})`
  const samples = db.prepare(`${check} LIMIT 20`).pluck().all()
  return issueOf('foreign-key/violated', { table, column, count, samples, sql })
}

const referencesOf = (db: Handle, table: string) =>
  db
    .prepare(`SELECT "from" AS column, "table" AS parent FROM pragma_foreign_key_list(?)`)
    .all(table) as Reference[]

/** A reference that SQLite cannot follow at all makes the table unwritable, which is told of elsewhere. */
const violationsOf = (db: Handle, table: string): Violation[] =>
  unlessBroken(
    () =>
      db
        .prepare(
          `SELECT k."from" AS column, c.parent AS parent, count(*) AS count
           FROM pragma_foreign_key_check(${literal(table)}) c
           JOIN pragma_foreign_key_list(${literal(table)}) k ON k.id = c.fkid AND k.seq = 0
           GROUP BY k."from", c.parent`,
        )
        .all() as Violation[],
  ) ?? []
