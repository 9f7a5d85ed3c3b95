import {
  andNotSpared,
  isRecorded,
  keepsIds,
  ownId,
  type Feed,
  type RowMapping,
  type RowVersion,
} from '../mapping/row-mapping.js'
import { createTrigger, isUsersWrite } from './procedure.js'
import { subTasksFollow } from './sub-tasks.js'
import { callStep, type Step } from './up-procedures.js'

export const events = ['INSERT', 'UPDATE', 'DELETE'] as const
export type Event = (typeof events)[number]

/** A mapping, and how rows of the trigger's table feed it. */
interface Fed {
  mapping: RowMapping
  feed: Feed
}

/**
 * The triggers that carry every committed v1 write into v2, whoever writes: other programs run them
 * too, so they use nothing but SQL. They look at the same views as the backfill and the verification.
 */
export function upTriggers(mappings: readonly RowMapping[]): string[] {
  const tables = new Set(mappings.flatMap((mapping) => mapping.feeds.map((feed) => feed.table)))
  return [...tables].flatMap((table) => {
    const fed = mappings.flatMap((mapping) =>
      mapping.feeds.filter((feed) => feed.table === table).map((feed) => ({ mapping, feed })),
    )
    return events.map((event) => trigger(table, event, fed))
  })
}

function trigger(table: string, event: Event, fed: readonly Fed[]): string {
  const own = fed.filter(({ mapping, feed }) => feed.table === mapping.source)
  const each = (step: Step, those: readonly Fed[]) => those.flatMap((one) => callFor(step, one, event))
  const afterwards = table === 'tasks' && event === 'UPDATE' ? [subTasksFollow] : []
  return mirrorTrigger({ direction: 'up', table, event, columns: [], afterwards }, [
    ...fed.flatMap(({ feed }) => feed.first?.(event) ?? []),
    ...(event === 'UPDATE' ? own.flatMap(rekey) : []),
    ...own.flatMap((one) => outdateForms(one, event)),
    ...(event === 'DELETE' ? [] : own.flatMap(removeReplaced)),
    // Before any write: rows of two mappings can want each other's names.
    ...each('park', fed),
    // Parents first, so that no row waits for one of the same write.
    ...each('write', fed),
    // Children first: deleting a parent would take along what has just been given another one.
    ...(event === 'INSERT' ? [] : each('remove', fed.toReversed())),
    ...each('trace', fed),
    ...own.flatMap((one) => record(one, event)),
    ...fed.filter((one) => !own.includes(one)).flatMap((one) => recordWaiting(one, event)),
    ...own.filter(({ mapping }) => keepsIds(mapping)).map(({ mapping }) => touch(mapping, event)),
  ])
}

export interface MirrorTrigger {
  direction: 'up' | 'down'
  table: string
  event: Event
  /** For an update, the columns that matter; none: all of them. */
  columns: readonly string[]
  /** Where the table has several for an event: instead of the direction and the table. */
  name?: string
  /** SQL over the rows that it is for. */
  when?: string
  /** Done without the guard: writes that are mirrored in their turn. */
  afterwards?: readonly string[]
}

/** A trigger that works only on writes of users: the guard row keeps it quiet while the other side mirrors. */
export function mirrorTrigger(
  { direction, table, event, columns, name = `${direction}_${table}`, when, afterwards = [] }: MirrorTrigger,
  statements: readonly string[],
): string {
  const of = event === 'UPDATE' && columns.length > 0 ? ` OF ${columns.join(', ')}` : ''
  const body = [
    `INSERT INTO sync_guard VALUES ('${direction}')`,
    ...statements,
    'DELETE FROM sync_guard',
    ...afterwards,
  ]
  return createTrigger(
    `${name}_${event.toLowerCase()}`,
    `AFTER ${event}${of} ON ${table} WHEN ${isUsersWrite}${when === undefined ? '' : ` AND ${when}`}`,
    body,
  )
}

export const versionsOf = (event: Event): readonly RowVersion[] =>
  event === 'INSERT' ? ['NEW'] : event === 'DELETE' ? ['OLD'] : ['OLD', 'NEW']

function callFor(step: Step, { mapping, feed }: Fed, event: Event): string[] {
  const scopes = versionsOf(event).map(feed.scopes).join(' UNION ')
  return callStep(step, mapping, `SELECT * FROM (${scopes})${whereItMatters(feed, event)}`)
}

/** A constant of the statement, so that SQLite looks at no row where nothing that matters has changed. */
const whereItMatters = ({ columns }: Feed, event: Event) =>
  event === 'UPDATE' && columns !== undefined
    ? ` WHERE ${columns.map((column) => `OLD.${column} IS NOT NEW.${column}`).join(' OR ')}`
    : ''

/** A changed id goes on as the same row, or its children would be deleted with it. */
const rekey = ({ mapping }: Fed) =>
  keepsIds(mapping)
    ? [`UPDATE ${mapping.target} SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id`]
    : []

/** OR REPLACE deletes without firing a trigger; the row that it put in place tells where to look. */
const removeReplaced = ({ mapping }: Fed): string[] =>
  mapping.replaced === undefined
    ? []
    : [
        `DELETE FROM ${mapping.target} WHERE ${mapping.replaced('NEW')} AND id <> NEW.id ${andNotSpared(mapping, mapping.target)}
    AND NOT EXISTS (SELECT 1 FROM ${mapping.source} s WHERE s.id = ${mapping.target}.id)`,
      ]

/** A form holds for what v1 had when v2 named the row. */
function outdateForms({ mapping: { form } }: Fed, event: Event): string[] {
  if (form === undefined || event === 'INSERT') return []
  if (event === 'DELETE') return [`DELETE FROM ${form.table} WHERE id = OLD.id`]
  const differs = Object.entries(form.holds).map(([held, column]) => `${held} IS NOT NEW.${column}`)
  return [
    `UPDATE ${form.table} SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id`,
    `DELETE FROM ${form.table} WHERE id = NEW.id AND (${differs.join(' OR ')})`,
  ]
}

/** What was written since the last validation is looked at by a cutover. */
export const touch = ({ name }: RowMapping, event: Event): string =>
  `INSERT INTO touched_rows ${versionsOf(event)
    .map((row) => `SELECT '${name}', CAST(${row}.id AS TEXT) WHERE ${row}.id IS NOT NULL`)
    .join(' UNION ')} ON CONFLICT DO NOTHING`

/** Its parent may be another now, or be gone. A cascade may have reached it before its parent, so that it was held for a moment. */
function recordWaiting({ mapping, feed }: Fed, event: Event): string[] {
  if (!isRecorded(mapping) || (mapping.scope !== ownId && mapping.sourceId === undefined)) return []
  const scopes = versionsOf(event).map(feed.scopes).join(' UNION ')
  return callStep(
    'record',
    mapping,
    `SELECT q.rowId FROM migration_quarantine q WHERE q.mapping = '${mapping.name}' AND q.resolution IS NULL
    AND q.rowId IN (${scopes}) UNION SELECT * FROM (${scopes})${whereItMatters(feed, event)}`,
  )
}

const record = ({ mapping }: Fed, event: Event): string[] =>
  callStep(
    'record',
    mapping,
    versionsOf(event)
      .map((row) => `SELECT ${row}.id`)
      .join(' UNION '),
  )
