import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { sql, type Kysely, type Transaction } from 'kysely'
import { write, type Database } from '../db/database.js'
import type { PageRequest } from '../http/page.js'
import type { App } from '../http/type-provider.js'
import type { JournalTables } from '../migration/tables.js'

const FLUSH_MS = 5_000
/** What may be anything must not fill the memory, nor the table. */
const MOST_IN_MEMORY = 1_000
const MOST_A_DAY = 10_000
const LONGEST_AGENT = 200
const OTHERS = '(others)'

interface Use {
  day: string
  route: string
  client: string
  userAgent: string
  requests: number
  lastAt: number
}

export interface UsageRecorder {
  /** Counts every request of the scope that had leave to ask. */
  watch(scope: App): void
  /** Writes down what was counted since the last time. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Who calls which route, a day at a time. Counted in memory and written every five seconds and at the close, so
 * that no request waits for it; a killed process loses five seconds of it.
 */
export function recordUsage(
  db: Database<JournalTables>,
  log: FastifyBaseLogger,
  now: () => number,
): UsageRecorder {
  let counted = new Map<string, Use>()

  const count = (use: Omit<Use, 'requests'>, requests: number) => {
    const { userAgent } = use
    const key = JSON.stringify([use.day, use.route, use.client, userAgent])
    const known = counted.get(key)
    if (known === undefined && counted.size >= MOST_IN_MEMORY && userAgent !== OTHERS)
      count({ ...use, userAgent: OTHERS }, requests)
    else if (known === undefined) counted.set(key, { ...use, requests })
    else Object.assign(known, { requests: known.requests + requests, lastAt: use.lastAt })
  }

  const flush = async () => {
    if (counted.size === 0) return
    const uses = [...counted.values()]
    counted = new Map()
    try {
      await write(db, (trx) => addUses(trx, uses))
    } catch (error) {
      for (const { requests, ...use } of uses) count(use, requests)
      throw error
    }
  }
  const timer = setInterval(() => {
    flush().catch((error: unknown) =>
      log.warn({ err: error }, 'the usage of /v1 could not be written down yet'),
    )
  }, FLUSH_MS)
  timer.unref()

  return {
    watch(scope) {
      scope.addHook('onResponse', async (request, reply) => {
        const use = reply.statusCode === 401 ? undefined : useOf(request, now())
        if (use !== undefined) count(use, 1)
      })
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}

function useOf(request: FastifyRequest, at: number): Omit<Use, 'requests'> | undefined {
  const { url } = request.routeOptions
  if (url === undefined) return undefined
  return {
    day: new Date(at).toISOString().slice(0, 10),
    route: `${request.method} ${url}`,
    client: request.caller,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, LONGEST_AGENT),
    lastAt: at,
  }
}

async function addUses(trx: Transaction<JournalTables>, uses: readonly Use[]): Promise<void> {
  const isFull = new Map<string, boolean>()
  for (const day of new Set(uses.map((use) => use.day))) isFull.set(day, await isDayFull(trx, day))
  for (const use of uses)
    await trx
      .insertInto('v1_usage')
      .values(isFull.get(use.day) === true ? { ...use, userAgent: OTHERS } : use)
      .onConflict((conflict) =>
        conflict.columns(['day', 'route', 'client', 'userAgent']).doUpdateSet({
          requests: sql<number>`v1_usage.requests + excluded.requests`,
          lastAt: sql<number>`max(v1_usage.lastAt, excluded.lastAt)`,
        }),
      )
      .execute()
}

async function isDayFull(trx: Transaction<JournalTables>, day: string): Promise<boolean> {
  const { rows } = await trx
    .selectFrom('v1_usage')
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .where('day', '=', day)
    .executeTakeFirstOrThrow()
  return rows >= MOST_A_DAY
}

export interface UsageFilters {
  from?: string
  to?: string
  client?: string
}

/** What was seen last comes first. */
export const listUsage = (
  db: Kysely<JournalTables>,
  { limit, after }: PageRequest,
  { from, to, client }: UsageFilters,
) =>
  db
    .selectFrom('v1_usage')
    .selectAll()
    .$if(after !== undefined, (query) => query.where('id', '<', Number(after)))
    .$if(from !== undefined, (query) => query.where('day', '>=', from ?? ''))
    .$if(to !== undefined, (query) => query.where('day', '<=', to ?? ''))
    .$if(client !== undefined, (query) => query.where('client', '=', client ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
