import type { Static } from '@sinclair/typebox'
import type { Kysely, Selectable } from 'kysely'
import { invalidCursor, type PageRequest } from '../../http/page.js'
import { formatInstant } from '../../kernel/instant.js'
import type { ChangeHistoryTable, V2Tables } from '../tables.js'
import { fieldKinds, type ActivityQuery, type Subject } from './history.schemas.js'

type Row = Selectable<ChangeHistoryTable>

/** Newest first. */
const rowsOn = (db: Kysely<V2Tables>, { after, limit }: PageRequest) =>
  db
    .selectFrom('change_history')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '<', numberOf(after)))
    .orderBy('id', 'desc')
    .limit(limit + 1)

function numberOf(id = ''): number {
  if (!/^\d{1,15}$/.test(id)) throw invalidCursor()
  return Number(id)
}

export async function listChangesOf(
  db: Kysely<V2Tables>,
  page: PageRequest,
  { subject, id }: { subject: Subject; id: string },
) {
  const rows = await rowsOn(db, page).where('subjectId', '=', id).where('subject', '=', subject).execute()
  return rows.map(asItem)
}

export async function listChangesIn(
  db: Kysely<V2Tables>,
  page: PageRequest,
  projectId: string,
  { origin, field }: Pick<Static<typeof ActivityQuery>, 'origin' | 'field'>,
) {
  const rows = await rowsOn(db, page)
    .where('projectId', '=', projectId)
    .$if(origin !== undefined, (query) => query.where('origin', '=', origin ?? ''))
    .$if(field !== undefined, (query) => query.where('field', '=', field ?? ''))
    .execute()
  return rows.map(asItem)
}

/** Oldest first. */
export async function listAllChanges(db: Kysely<V2Tables>, { after, limit }: PageRequest) {
  const rows = await db
    .selectFrom('change_history')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '>', numberOf(after)))
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return rows.map(asItem)
}

const asItem = ({ id, oldValue, newValue, ...row }: Row) => ({
  ...row,
  id: String(id),
  oldValue: shown(row.field, oldValue),
  newValue: shown(row.field, newValue),
})

const LAST_INSTANT = 8_640_000_000_000_000

/** A value as its field is served; a number that is no instant, which another program wrote, as it is. */
function shown(field: string, value: Row['oldValue']): string | boolean | null {
  if (typeof value !== 'number') return value
  if (fieldKinds[field] === 'boolean') return value !== 0
  return Math.abs(value) <= LAST_INSTANT ? formatInstant(value) : String(value)
}
