import { copyChanged } from './copy-statements.js'
import {
  keepsIds,
  keyOf,
  viewName,
  type Feed,
  type RowMapping,
  type RowVersion,
} from './mapping/row-mapping.js'

type Event = 'INSERT' | 'UPDATE' | 'DELETE'

/** A mapping, and how rows of the trigger's table feed it. */
interface Fed {
  mapping: RowMapping
  feed: Feed
}

export interface Trigger {
  name: string
  sql: string
}

/**
 * The triggers that carry every committed v1 write into v2, whoever writes: other programs run them
 * too, so they use nothing but SQL. They look at the same views as the backfill and the verification.
 */
export function upTriggers(mappings: readonly RowMapping[]): Trigger[] {
  const tables = new Set(mappings.flatMap((mapping) => mapping.feeds.map((feed) => feed.table)))
  return [...tables].flatMap((table) => {
    const fed = mappings.flatMap((mapping) =>
      mapping.feeds.filter((feed) => feed.table === table).map((feed) => ({ mapping, feed })),
    )
    return (['INSERT', 'UPDATE', 'DELETE'] as const).map((event) => trigger(table, event, fed))
  })
}

function trigger(table: string, event: Event, fed: readonly Fed[]): Trigger {
  const name = `up_${table}_${event.toLowerCase()}`
  const statements = [
    `INSERT INTO sync_guard VALUES ('up')`,
    ...(event === 'UPDATE' ? fed.flatMap(rekey) : []),
    ...(event === 'DELETE' ? [] : fed.flatMap(removeReplaced)),
    // Before any write: rows of two mappings can want each other's names.
    ...fed.flatMap((one) => park(one, event)),
    // Parents first, so that no row waits for one of the same write.
    ...fed.flatMap((one) => write(one, event)),
    // Children first: deleting a parent would take along what has just been given another one.
    ...(event === 'INSERT' ? [] : fed.toReversed().map((one) => removeGone(one, event))),
    `DELETE FROM sync_guard`,
  ]
  const sql = `CREATE TRIGGER ${name} AFTER ${event} ON ${table} WHEN NOT EXISTS (SELECT 1 FROM sync_guard)
BEGIN
  ${statements.join(';\n  ')};
END`
  return { name, sql }
}

const versionsOf = (event: Event): readonly RowVersion[] =>
  event === 'INSERT' ? ['NEW'] : event === 'DELETE' ? ['OLD'] : ['OLD', 'NEW']

const touched = (part: (row: RowVersion) => string, event: Event) =>
  versionsOf(event)
    .map((row) => `(${part(row)})`)
    .join(' OR ')

/** A constant of the statement, so that SQLite looks at no row where nothing that matters has changed. */
const matters = ({ columns }: Feed, event: Event) =>
  event === 'UPDATE' && columns !== undefined
    ? `AND (${columns.map((column) => `OLD.${column} IS NOT NEW.${column}`).join(' OR ')})`
    : ''

const conditionOf = (feed: Feed, event: Event) => `(${touched(feed.mapped, event)}) ${matters(feed, event)}`

/** A changed id goes on as the same row, or its children would be deleted with it. */
const rekey = ({ mapping, feed }: Fed) =>
  keepsIds(mapping) && feed.table === mapping.source
    ? [`UPDATE ${mapping.target} SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id`]
    : []

function write({ mapping, feed }: Fed, event: Event): string[] {
  const condition = conditionOf(feed, event)
  return [
    copyChanged(mapping, condition),
    ...(keepsIds(mapping) && feed.table === mapping.source ? quarantine(mapping, event, condition) : []),
  ]
}

/** Rows that will change or go make their unique value free first: two of them may change places. */
function park({ mapping, feed }: Fed, event: Event): string[] {
  const { parked, target } = mapping
  if (parked === undefined) return []
  const view = `${viewName(mapping)} u WHERE ${conditionOf(feed, event)}`
  return [
    `UPDATE ${target} SET ${parked} = '~' || id WHERE (${touched(feed.present, event)}) ${matters(feed, event)}
    AND (id, ${parked}) NOT IN (SELECT u.id, u.${parked} FROM ${view})
    AND id NOT IN (SELECT u.id FROM ${view} AND u.misfit IS NOT NULL)`,
  ]
}

/** What does not fit is on record, and is taken off the record when it fits or goes. */
function quarantine(mapping: RowMapping, event: Event, condition: string): string[] {
  const clear = `DELETE FROM migration_quarantine WHERE mapping = '${mapping.name}' AND rowId IN (${versionsOf(
    event,
  )
    .map((row) => `CAST(${row}.id AS TEXT)`)
    .join(', ')})`
  if (event === 'DELETE') return [clear]
  return [
    clear,
    `INSERT INTO migration_quarantine
    SELECT '${mapping.name}', CAST(u.id AS TEXT), u.misfit, CAST(strftime('%s', 'now') AS INTEGER) * 1000
    FROM ${viewName(mapping)} u WHERE (${condition}) AND u.misfit IS NOT NULL`,
  ]
}

function removeGone({ mapping, feed }: Fed, event: Event): string {
  const { target, heldBy } = mapping
  const key = keyOf(mapping).join(', ')
  const isFree =
    heldBy === undefined
      ? ''
      : `AND NOT EXISTS (SELECT 1 FROM ${heldBy.table} holder WHERE holder.${heldBy.column} = ${target}.id)`
  return `DELETE FROM ${target} WHERE (${touched(feed.present, event)}) ${matters(feed, event)} ${isFree}
    AND (${key}) NOT IN (SELECT ${key} FROM ${viewName(mapping)} u WHERE ${touched(feed.mapped, event)})`
}

/** OR REPLACE deletes without firing a trigger; the row that it put in place tells where to look. */
const removeReplaced = ({ mapping, feed }: Fed): string[] =>
  mapping.replaced === undefined || feed.table !== mapping.source
    ? []
    : [
        `DELETE FROM ${mapping.target} WHERE ${mapping.replaced('NEW')} AND id <> NEW.id
    AND NOT EXISTS (SELECT 1 FROM ${mapping.source} s WHERE s.id = ${mapping.target}.id)`,
      ]
