import type { Handle } from '../../db/database.js'
import { identifier, literal } from '../../db/quoting.js'
import { differ } from './differences.js'

/** A table from which rows are deleted, or to which they are brought; its key is `id`. Names are quoted. */
export interface Member {
  name: string
  quoted: string
  /** That both have. */
  columns: readonly string[]
  references: readonly Reference[]
}

interface Reference {
  column: string
  parent: Member
}

/** Those of the scope that the attached `backup` has, too: parents before children. */
export function readMembers(db: Handle, scope: readonly string[]): Member[] {
  const backed = db.prepare(`SELECT name FROM backup.sqlite_master WHERE type = 'table'`).pluck().all()
  const members = new Map(
    scope.filter((name) => backed.includes(name)).map((name) => [name, memberOf(db, name)]),
  )
  for (const { name, references } of members.values()) references.push(...referencesOf(db, name, members))
  return [...members.values()].sort((a, b) => depthOf(a) - depthOf(b))
}

const memberOf = (db: Handle, name: string) => ({
  name,
  quoted: identifier(name),
  columns: db
    .prepare(
      `SELECT name FROM pragma_table_info(@name, 'main')
       WHERE name IN (SELECT name FROM pragma_table_info(@name, 'backup')) ORDER BY cid`,
    )
    .pluck()
    .all({ name })
    .map((column) => identifier(String(column))),
  references: [] as Reference[],
})

function referencesOf(db: Handle, name: string, members: ReadonlyMap<string, Member>): Reference[] {
  const keys = db
    .prepare(`SELECT "from" AS column, "table" AS parent FROM pragma_foreign_key_list(?, 'main')`)
    .all(name) as { column: string; parent: string }[]
  return keys.flatMap(({ column, parent }) => {
    const member = members.get(parent)
    return member === undefined ? [] : [{ column: identifier(column), parent: member }]
  })
}

/** A row may refer to another one of its own table. */
const depthOf = (member: Member): number =>
  Math.max(
    0,
    ...member.references.filter(({ parent }) => parent !== member).map(({ parent }) => depthOf(parent) + 1),
  )

/**
 * Decides, in a temporary table `fates`, what becomes of rows: `take` what the backup has, `go`, or `left`
 * as it is, as in the backup it refers to what is nowhere. Named tables become what they are in the backup;
 * what their rows refer to comes along, and what refers to a row that goes is taken from the backup, or goes, too.
 */
export function decideFates(db: Handle, members: readonly Member[], asked: readonly Member[]): void {
  db.exec(`CREATE TEMP TABLE fates (tableName TEXT NOT NULL, id, fate TEXT NOT NULL, because TEXT NOT NULL,
    PRIMARY KEY (tableName, id))`)
  for (const member of asked) {
    const { quoted } = member
    db.exec(`INSERT INTO temp.fates SELECT ${literal(member.name)}, b.id, 'take', 'asked' FROM ${othersIn(member)};
      INSERT INTO temp.fates SELECT ${literal(member.name)}, m.id, 'go', 'asked' FROM main.${quoted} m
        WHERE NOT EXISTS (SELECT 1 FROM backup.${quoted} b WHERE b.id = m.id)`)
  }
  const edges = members.flatMap((child) => child.references.map((reference) => ({ child, ...reference })))
  repeat(
    db,
    edges.flatMap((edge) => [bringParents(edge), followParents(edge)]),
  )
  repeat(db, edges.map(leaveOrphans))
}

/** SQL: rows of the backup that `main` has not, or has otherwise. */
export const othersIn = ({ quoted, columns }: Member): string =>
  `backup.${quoted} b LEFT JOIN main.${quoted} m ON m.id = b.id WHERE (m.id IS NULL OR ${differ(columns, 'b', 'm')})`

/** SQL: whether the row, by its id, has that fate. */
export const hasFate = ({ name }: Member, fate: 'take' | 'go' | 'left', id: string): string =>
  `EXISTS (SELECT 1 FROM temp.fates f WHERE f.tableName = ${literal(name)} AND f.id = ${id} AND f.fate = '${fate}')`

/** Each finds more on account of what another has found, and nothing is decided twice. */
function repeat(db: Handle, statements: readonly string[]): void {
  const prepared = statements.map((statement) => db.prepare(statement))
  while (prepared.reduce((sum, statement) => sum + statement.run().changes, 0) > 0);
}

interface Edge extends Reference {
  child: Member
}

const bringParents = ({ child, column, parent }: Edge) =>
  `INSERT OR IGNORE INTO temp.fates SELECT ${literal(parent.name)}, p.id, 'take', 'parent'
    FROM backup.${child.quoted} c JOIN backup.${parent.quoted} p ON p.id = c.${column}
    WHERE ${hasFate(child, 'take', 'c.id')} AND NOT EXISTS (SELECT 1 FROM main.${parent.quoted} m WHERE m.id = p.id)`

/** What has another parent in the backup is there again as it was. */
const followParents = ({ child, column, parent }: Edge) =>
  `INSERT OR IGNORE INTO temp.fates SELECT ${literal(child.name)}, m.id, CASE WHEN EXISTS (
      SELECT 1 FROM backup.${child.quoted} c WHERE c.id = m.id AND (c.${column} IS NULL
        OR EXISTS (SELECT 1 FROM backup.${parent.quoted} p WHERE p.id = c.${column}))) THEN 'take' ELSE 'go' END, 'child'
    FROM main.${child.quoted} m WHERE ${hasFate(parent, 'go', `m.${column}`)}`

const leaveOrphans = ({ child, column, parent }: Edge) =>
  `UPDATE temp.fates SET fate = 'left' WHERE tableName = ${literal(child.name)} AND fate = 'take' AND EXISTS (
    SELECT 1 FROM backup.${child.quoted} c WHERE c.id = fates.id AND c.${column} IS NOT NULL
      AND NOT ${hasFate(parent, 'take', `c.${column}`)}
      AND NOT (EXISTS (SELECT 1 FROM main.${parent.quoted} p WHERE p.id = c.${column})
        AND NOT ${hasFate(parent, 'go', `c.${column}`)}))`
