import type { Handle } from '../../db/database.js'
import type { Check, Issue, RestoredTable } from '../report.js'
import { checkTables, type Counts } from '../table-checks.js'
import { countEach, differ } from './differences.js'
import { decideFates, hasFate, othersIn, readMembers, type Member } from './fates.js'

const SAMPLES = 20

interface Names {
  tables: readonly string[]
  /** All tables of which rows may come along or go. */
  scope: readonly string[]
}

/** What is to be written, before it is. */
export interface NamedPlan {
  members: readonly Member[]
  asked: readonly Member[]
  restored: RestoredTable[]
  issues: Issue[]
}

/** Looks at what makes the named tables what they are in the attached `backup`. */
export function planNamed(db: Handle, { tables, scope }: Names): NamedPlan {
  const members = readMembers(db, scope)
  const asked = members.filter(({ name }) => tables.includes(name))
  decideFates(db, members, asked)
  return {
    members,
    asked,
    restored: members.flatMap((member) => [
      ...(asked.includes(member) ? [countFates(db, member, 'asked')] : []),
      ...(['parent', 'child'] as const)
        .map((because) => countFates(db, member, because))
        .filter(({ deleted, inserted, updated }) => deleted + inserted + updated > 0),
    ]),
    issues: members.flatMap((member) => leftOut(db, member)),
  }
}

function countFates(db: Handle, { name, quoted }: Member, because: RestoredTable['because']): RestoredTable {
  const those = (fate: string) => `temp.fates WHERE tableName = ? AND because = ? AND fate = '${fate}'`
  const isThere = `EXISTS (SELECT 1 FROM main.${quoted} m WHERE m.id = fates.id)`
  const found = {
    deleted: those('go'),
    inserted: `${those('take')} AND NOT ${isThere}`,
    updated: `${those('take')} AND ${isThere}`,
  }
  return { table: name, because, ...countEach(db, found, 'id', name, because) }
}

function leftOut(db: Handle, { name }: Member): Issue[] {
  const left = `FROM temp.fates WHERE tableName = ? AND fate = 'left'`
  const count = db.prepare(`SELECT count(*) ${left}`).pluck().get(name) as number
  if (count === 0) return []
  return [
    {
      code: 'left-out',
      severity: 'noted',
      table: name,
      count,
      samples: db.prepare(`SELECT id ${left} LIMIT ${SAMPLES}`).pluck().all(name),
      resolution:
        'In the backup these rows refer to rows that are nowhere. They were left as they are: only a restore without "tables" brings them back.',
    },
  ]
}

/**
 * Writes what was planned. Triggers act as they do on a request, so that the other schema follows, and so do
 * foreign keys, at the end: none refers to nothing in between for longer than the transaction lasts.
 */
export function writeNamed(db: Handle, { members, restored }: NamedPlan): void {
  // To prepare a write takes longer than to write some rows: every trigger that it can reach is compiled.
  const isToBe = (done: 'deleted' | 'inserted' | 'updated') => (member: Member) =>
    restored.some((one) => one.table === member.name && one[done] > 0)
  const [changing, going, coming] = [isToBe('updated'), isToBe('deleted'), isToBe('inserted')]
  db.pragma('defer_foreign_keys = ON')
  // What has another parent must not go with the one that goes.
  for (const member of members.filter(changing))
    if (member.references.some(({ parent }) => going(parent))) update(db, member, isBelowGoing(member))
  for (const member of members.filter(going).toReversed())
    db.exec(`DELETE FROM main.${member.quoted} WHERE ${hasFate(member, 'go', `${member.quoted}.id`)}`)
  for (const member of members) {
    if (changing(member)) update(db, member, '1')
    if (coming(member)) insert(db, member)
  }
}

const isBelowGoing = ({ references }: Member) =>
  ['0', ...references.map(({ column, parent }) => hasFate(parent, 'go', `m.${column}`))].join(' OR ')

function update(db: Handle, member: Member, which: string): void {
  const { quoted, columns } = member
  const values = columns.filter((column) => column !== '"id"').map((column) => `${column} = b.${column}`)
  db.exec(`UPDATE main.${quoted} AS m SET ${values.join(', ')} FROM backup.${quoted} b
    WHERE b.id = m.id AND ${hasFate(member, 'take', 'm.id')} AND (${which}) AND (${differ(columns, 'b', 'm')})`)
}

/** A row that another one of its table refers to comes before it. */
function insert(db: Handle, member: Member): void {
  const { quoted, columns, references } = member
  const below = references
    .filter(({ parent }) => parent === member)
    .map(({ column }) => `b.${column} IS NOT NULL`)
  db.exec(`INSERT INTO main.${quoted} (${columns.join(', ')})
    SELECT ${columns.map((column) => `b.${column}`).join(', ')} FROM backup.${quoted} b
    WHERE ${hasFate(member, 'take', 'b.id')} AND NOT EXISTS (SELECT 1 FROM main.${quoted} m WHERE m.id = b.id)
    ORDER BY ${[...below, 'b.id'].join(', ')}`)
}

/** The triggers that carry writes over might write to the named tables themselves. */
export function checkAsBackedUp(db: Handle, asked: readonly Member[]): Check {
  const others = (member: Member) =>
    db
      .prepare(
        `SELECT (SELECT count(*) FROM ${othersIn(member)} AND NOT ${hasFate(member, 'left', 'b.id')})
          + (SELECT count(*) FROM main.${member.quoted} m WHERE NOT EXISTS (
            SELECT 1 FROM backup.${member.quoted} b WHERE b.id = m.id))`,
      )
      .pluck()
      .get() as number
  const actual: Counts = Object.fromEntries(asked.map((member) => [member.name, others(member)]))
  return checkTables({
    id: 'rows-as-backed-up',
    group: 'restore',
    title: 'No row of the named tables is other than in the backup',
    expected: {},
    actual,
    holds: (now) => now === 0,
  })
}

/** SQL: the ids of all rows that a plan has decided on. */
export const plannedIds = 'SELECT id FROM temp.fates'
