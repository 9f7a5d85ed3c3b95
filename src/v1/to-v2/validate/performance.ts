import type { V1Tables } from '../../tables.js'
import type { V2Tables } from '../../../v2/tables.js'
import type { CompiledQuery, Kysely, Transaction } from 'kysely'
import { kyselyOver, openWorkerHandle, underSchema, type Handle } from '../../../db/database.js'
import { takeLock } from '../../../db/worker-lock.js'
import { DAY_MS } from '../../../kernel/due-date.js'
import type { Check, Timing } from '../../../migration/report.js'
import { v2Dashboard } from '../../../v2/dashboard/dashboard.js'
import { moveDueDate as moveInV2 } from '../../../v2/project-task-templates/move-due-date.js'
import { listInstances as listInV2 } from '../../../v2/supplier-task-instances/supplier-task-instances.repository.js'
import { v1Dashboard } from '../../dashboard/v1-dashboard.js'
import { sampledTemplates } from './propagation.js'
import { moveDueDate as moveInV1 } from '../../project-milestone-tasks/move-due-date.js'
import { listSupplierTaskInstances as listInV1 } from '../../supplier-task-instances/supplier-task-instances.repository.js'

/** In turns, so that a noise of the machine meets both; the best of each counts. */
const ROUNDS = 5
const ENOUGH_MS = 2_000
/** Of so many templates, spread over the table, one is chosen. */
const SAMPLED_TEMPLATES = 400
/** Differences below this are the clock's, not the schema's. */
const NOISE_MS = 2
/** v2 may be this much slower before the check notes it, and this much before it fails. */
const NOTED_RATIO = 1.15
const FAILED_RATIO = 2
const FAILED_MS = 50

type Act = (trx: Transaction<unknown>) => Promise<unknown>

interface Query {
  name: string
  /** One that reads and then writes must have the lock from its start: a commit in between would fail it. */
  begin: (handle: Handle) => void
  v1: Act
  v2: Act
}

const beginReading = (handle: Handle) => void handle.exec('BEGIN')

/**
 * What clients ask most, timed on both schemas in transactions that are rolled back, with the plans.
 *
 * @param rest called before each of them, without a lock or a snapshot
 */
export async function timeQueries(
  path: string,
  asOf: number,
  rest: () => Promise<void>,
): Promise<{ timings: Timing[]; check: Check }> {
  const handle = openWorkerHandle(path)
  const queries = [dashboards(asOf), instanceList(asOf), ...dueDateChange(handle)]
  const timings: Timing[] = []
  try {
    for (const query of queries) timings.push(await timed(handle, query, rest))
  } finally {
    handle.close()
  }
  return { timings, check: asCheck(timings) }
}

const dashboards = (asOf: number): Query => ({
  name: 'dashboard',
  begin: beginReading,
  v1: (trx) => v1Dashboard(underSchema<V1Tables, unknown>(trx), asOf),
  v2: (trx) => v2Dashboard(underSchema<V2Tables, unknown>(trx), asOf),
})

const firstPage = { limit: 50, after: undefined }

const instanceList = (asOf: number): Query => ({
  name: 'list of overdue instances',
  begin: beginReading,
  v1: (trx) => listInV1(underSchema<V1Tables, unknown>(trx), firstPage, { overdue: true }, asOf),
  v2: (trx) => listInV2(underSchema<V2Tables, unknown>(trx), firstPage, { overdue: true }, asOf),
})

/** On the template with the most instances of those that do not hold the lock for long. */
function dueDateChange(handle: Handle): Query[] {
  const template = handle
    .prepare(
      `SELECT t.id, t.dueDate + ${DAY_MS} AS dueDate FROM (${sampledTemplates(SAMPLED_TEMPLATES)}) t
       JOIN v2_supplier_task_instances i ON i.projectTaskTemplateId = t.id
       GROUP BY t.id HAVING count(*) <= 200 ORDER BY count(*) DESC, t.id LIMIT 1`,
    )
    .get() as { id: string; dueDate: number } | undefined
  if (template === undefined) return []
  const { id, dueDate } = template
  return [
    {
      name: 'change of a due date',
      begin: takeLock,
      v1: (trx) => moveInV1(underSchema<V1Tables, unknown>(trx), id, dueDate, Date.now()),
      v2: (trx) => moveInV2(underSchema<V2Tables, unknown>(trx), id, dueDate, Date.now()),
    },
  ]
}

async function timed(handle: Handle, query: Query, rest: () => Promise<void>): Promise<Timing> {
  const statements: CompiledQuery[] = []
  const db = kyselyOver<unknown>(
    handle,
    async (one) => {
      await rest()
      query.begin(one)
    },
    (one) => statements.push(one),
  )
  const plan = {
    v1: await planOf(db, handle, statements, query.v1),
    v2: await planOf(db, handle, statements, query.v2),
  }
  const best = { v1: Infinity, v2: Infinity }
  const startedAt = performance.now()
  for (let round = 0; !isEnough(round, performance.now() - startedAt, best); round++) {
    best.v1 = Math.min(best.v1, await milliseconds(db, query.v1))
    best.v2 = Math.min(best.v2, await milliseconds(db, query.v2))
  }
  return { query: query.name, v1Ms: best.v1, v2Ms: best.v2, ratio: best.v2 / best.v1, plan }
}

/** The least time that each schema took so far, in milliseconds. */
interface Best {
  v1: number
  v2: number
}

/**
 * Whether more rounds would say nothing new. As noise only ever adds, that v2 is fast enough shows soon;
 * that it is too slow is believed after both, five rounds and two seconds.
 */
export function isEnough(rounds: number, elapsedMs: number, best: Best): boolean {
  const [isRepeated, isLong] = [rounds >= ROUNDS, elapsedMs > ENOUGH_MS]
  return rounds > 0 && (isTooSlow(best) ? isRepeated && isLong : isRepeated || isLong)
}

const isTooSlow = ({ v1, v2 }: Best) => v2 / v1 > FAILED_RATIO && v2 - v1 > FAILED_MS

async function milliseconds(db: Kysely<unknown>, act: Act): Promise<number> {
  let elapsed = Infinity
  await rolledBack(db, async (trx) => {
    const startedAt = performance.now()
    await act(trx)
    elapsed = performance.now() - startedAt
  })
  return elapsed
}

/** What SQLite would do for every statement of the query; this first run also warms the cache. */
async function planOf(
  db: Kysely<unknown>,
  handle: Handle,
  statements: CompiledQuery[],
  act: Act,
): Promise<string[]> {
  statements.length = 0
  await rolledBack(db, act)
  return statements
    .filter(({ sql }) => /^\s*(select|update|insert|with)/i.test(sql))
    .flatMap(({ sql, parameters }) =>
      (handle.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters) as { detail: string }[]).map(
        ({ detail }) => detail,
      ),
    )
}

async function rolledBack(db: Kysely<unknown>, act: Act): Promise<void> {
  const trx = await db.startTransaction().execute()
  try {
    await act(trx)
  } finally {
    await trx.rollback().execute()
  }
}

function asCheck(timings: readonly Timing[]): Check {
  const slower = timings.filter(({ ratio, v1Ms, v2Ms }) => ratio > NOTED_RATIO && v2Ms - v1Ms > NOISE_MS)
  const tooSlow = slower.some(({ v1Ms: v1, v2Ms: v2 }) => isTooSlow({ v1, v2 }))
  return {
    id: 'performance',
    group: 'performance',
    title: 'v2 answers no slower than v1',
    status: tooSlow ? 'failed' : slower.length > 0 ? 'noted' : 'passed',
    expected: `at most ${NOTED_RATIO} times v1's time`,
    actual: Object.fromEntries(timings.map(({ query, ratio }) => [query, Number(ratio.toFixed(2))])),
    samples: slower.map(({ query, v1Ms, v2Ms }) => ({ query, v1Ms, v2Ms })),
  }
}
