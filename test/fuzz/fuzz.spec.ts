import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { finisher } from './finish.js'
import { knownRows } from './known-rows.js'
import { operationsOf, type Operation } from './operations.js'
import { attempts, type Attempt, type Role } from './requests.js'
import { count, line, newTally, shareOf, type Tally } from './tally.js'
import { ADMIN_TOKEN, API_TOKEN, makeWorld, type World } from './world.js'

/** Requests an operation; the answers to each are checked against its document by the hook of test/conformance. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 500)
const SEED = Number(process.env.SEED ?? 20260302)
/** So many writes, and the rows are put back: deletes would leave nothing to delete. */
const writesAtOnce = (method: string) => (method === 'DELETE' ? 20 : 100)
/** The history is for ever, and a soak makes millions of it, which no export could read thousands of times. */
const MOST_HISTORY = 200_000
/** Of each operation's requests at least so many succeed, and so many are refused. */
const FLOOR = 0.2

const needsJobAtWork = 'acts on a job at work, and one with so few rows ends before it can be asked'
/** Operations of which hardly any request can succeed here, and why. */
const seldomSucceeds: Readonly<Record<string, string>> = {
  pauseMigration: needsJobAtWork,
  resumeMigration: needsJobAtWork,
  cancelMigration: needsJobAtWork,
}

t.setTimeout(0)

t.test('whatever is sent to an operation is answered as its document says', async (t) => {
  const world = await makeWorld(t)
  const reached = { operations: 0, requests: 0 }
  // The jobs and the brownout of /admin come last: /v1 would be refused by the latter.
  for (const name of ['v1', 'v2', 'admin'])
    for (const operation of operationsOf(name).filter(isChosen).filter(isOfPart))
      await t.test(`${operation.method} ${operation.path}`, async (t) => {
        const tally = await fuzz(t, hasLongHistory(world) ? await makeWorld(t) : world, operation)
        t.comment(`${operation.id}: ${line(tally)}`)
        reached.operations++
        reached.requests += tally.requests
        requireFloors(t, operation, tally)
      })
  t.comment(`${reached.requests} requests to ${reached.operations} operations, seed ${SEED}`)
  t.ok(reached.requests >= reached.operations * REQUESTS && reached.operations > 0)
})

const hasLongHistory = ({ rows }: World) =>
  Number(rows('SELECT count(*) AS changes FROM change_history')[0]?.changes) > MOST_HISTORY

/** FUZZ_ONLY: a part of the ids or paths, to look into one. */
function isChosen({ id, path }: Operation): boolean {
  const only = process.env.FUZZ_ONLY ?? ''
  return id.includes(only) || path.includes(only)
}

/** FUZZ_PART: 2/4 is the second of four parts, for as many processes. */
function isOfPart(_: Operation, index: number): boolean {
  const [part, parts] = (process.env.FUZZ_PART ?? '1/1').split('/').map(Number)
  if (part === undefined || parts === undefined || !(part >= 1 && part <= parts))
    throw new Error('FUZZ_PART is a part of all, such as 2/4')
  return index % parts === part - 1
}

function requireFloors(t: Test, { id }: Operation, tally: Tally): void {
  if (seldomSucceeds[id] === undefined)
    t.ok(shareOf(tally, 2, 3) >= FLOOR, `a fifth succeeds: ${line(tally)}`)
  else t.comment(`${id} ${seldomSucceeds[id]}`)
  t.ok(shareOf(tally, 4) >= FLOOR, `a fifth is refused: ${line(tally)}`)
}

async function fuzz(t: Test, world: World, operation: Operation): Promise<Tally> {
  await world.restore()
  const source = knownRows(world, operation)
  const arbitrary = attempts(operation, source, finisher(world, operation))
  const tally = newTally()
  for (const [index, attempt] of fc.sample(arbitrary, { numRuns: REQUESTS, seed: SEED }).entries()) {
    const { method } = operation
    if (method !== 'GET' && index % writesAtOnce(method) === 19) await world.restore()
    const request = write(operation, attempt)
    const { statusCode, headers, body } = await world.app.inject(request)
    count(tally, statusCode)
    const isFine = statusCode < 500 || (statusCode === 503 && headers['retry-after'] !== undefined)
    if (!isFine) t.fail(`${statusCode}`, { request, body })
  }
  return tally
}

function write({ method, path, body }: Operation, { draft, role }: Attempt): InjectOptions {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => draft.path[name] ?? '')
  const query = draft.query.length === 0 ? '' : `?${draft.query.join('&')}`
  const type = body?.type === 'application/json' ? { 'content-type': body.type } : {}
  const payload = draft.raw ?? (draft.body === undefined ? undefined : JSON.stringify(draft.body))
  return {
    method: method,
    url: `${filled}${query}`,
    headers: { ...type, ...tokenOf(role, path), ...draft.headers },
    ...(payload === undefined ? {} : { payload }),
  }
}

function tokenOf(role: Role, path: string): Record<string, string> {
  if (role === 'none') return {}
  const [right, wrong] = path.startsWith('/admin') ? [ADMIN_TOKEN, API_TOKEN] : [API_TOKEN, ADMIN_TOKEN]
  return { authorization: `Bearer ${role === 'right' ? right : wrong}` }
}
