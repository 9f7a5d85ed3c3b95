import { sql, type Kysely } from 'kysely'
import { invalidRequest } from '../../../kernel/problem.js'

/** A v1 row that v2 does not hold. Instants are epoch milliseconds. */
export interface QuarantinedRow {
  /** `<mapping>:<rowId>`. */
  id: string
  table: string
  rowId: string
  reason: string
  /** JSON, every byte of the row as it was then; null of a row that is in v2 and did not reach v1. */
  row: string | null
  jobId: string | null
  at: number
  resolution: Resolution | null
  resolvedAt: number | null
}

export const resolutions = ['migrated', 'gone'] as const
export type Resolution = (typeof resolutions)[number]

export interface QuarantineFilters {
  table?: string
  reason?: string
  jobId?: string
  resolution?: Resolution | 'waiting'
}

/** In the order of their ids, at most one more than `limit`. None where the database has no v2 yet. */
export async function listQuarantine(
  db: Kysely<unknown>,
  { limit, after }: { limit: number; after: string | undefined },
  filters: QuarantineFilters,
): Promise<QuarantinedRow[]> {
  if (!(await hasQuarantine(db))) return []
  const { table = null, reason = null, jobId = null, resolution = null } = filters
  const [mapping, rowId] = after === undefined ? ['', ''] : keyOf(after)
  const { rows } = await sql<QuarantinedRow>`
    select mapping || ':' || rowId as id, source as "table", rowId, reason, "row", jobId, at, resolution, resolvedAt
    from migration_quarantine
    where (mapping, rowId) > (${mapping}, ${rowId})
      and (${table} is null or source = ${table})
      and (${reason} is null or reason = ${reason} or substr(reason, 1, instr(reason, ':') - 1) = ${reason})
      and (${jobId} is null or jobId = ${jobId})
      and (${resolution} is null or coalesce(resolution, 'waiting') = ${resolution})
    order by mapping, rowId limit ${limit + 1}`.execute(db)
  return rows
}

async function hasQuarantine(db: Kysely<unknown>): Promise<boolean> {
  const { rows } = await sql`select 1 from sqlite_master where name = 'migration_quarantine'`.execute(db)
  return rows.length > 0
}

/** Names of mappings have no colon; ids of rows may. */
function keyOf(id: string): [mapping: string, rowId: string] {
  const colon = id.indexOf(':')
  if (colon < 0)
    throw invalidRequest([{ path: '?cursor', message: 'must be the nextCursor of the page before' }])
  return [id.slice(0, colon), id.slice(colon + 1)]
}
