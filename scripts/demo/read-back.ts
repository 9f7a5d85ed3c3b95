import { isDeepStrictEqual } from 'node:util'
import { renamed, type Promised } from './acknowledged-writes.js'
import { getAll, type ApiClient, type Json } from './api-client.js'
import { counterparts, type Counterpart } from './counterparts.js'

const READERS = 8

export interface ReadBack {
  items: number
  /** Acknowledged values that v2 was asked for. */
  values: number
  /** Rows that were compared field by field between v1 and v2, with the instances that a write made or moved. */
  rows: number
  differences: string[]
}

/** Reads every promised item back through /v2, and compares it with what /v1 acknowledged and now says. */
export async function readBack(client: ApiClient, promised: Iterable<Promised>): Promise<ReadBack> {
  const result: ReadBack = { items: 0, values: 0, rows: 0, differences: [] }
  const queue = promised[Symbol.iterator]()
  const reader = async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next())
      await readOne(client, next.value, result)
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return result
}

async function readOne(client: ApiClient, { kind, id, values }: Promised, result: ReadBack): Promise<void> {
  const counterpart: Counterpart = counterparts[kind]
  const { status, body } = await client.request('GET', `/v2/${counterpart.v2}/${id}`)
  result.items++
  if (values === 'deleted') {
    result.values++
    if (status !== 404) result.differences.push(`${kind} ${id} was deleted, but /v2 answers ${status}`)
    return
  }
  if (status !== 200) {
    result.differences.push(`${kind} ${id} was acknowledged, but /v2 answers ${status}`)
    return
  }
  const item = body as Json
  result.values += Object.keys(values).length
  result.differences.push(...differences(`${kind} ${id} as acknowledged`, values, item))
  compare(counterpart, await client.get(`/v1/${counterpart.v1}/${id}`), item, result)
  if (counterpart.instancesOf !== undefined)
    await compareInstances(client, counterpart.instancesOf, id, result)
}

/** What a new assignment made, or a moved due date changed, without naming each row in its answer. */
async function compareInstances(
  client: ApiClient,
  filter: { v1: string; v2: string },
  id: string,
  result: ReadBack,
): Promise<void> {
  const { instance } = counterparts
  const inV1 = await getAll<Json>(client, `/v1/${instance.v1}?${filter.v1}=${id}`)
  const inV2 = await getAll<Json>(client, `/v2/${instance.v2}?${filter.v2}=${id}`)
  const byId = new Map(inV2.map((item) => [item.id, item]))
  for (const item of inV1) {
    compare(instance, item, byId.get(item.id) ?? {}, result)
    byId.delete(item.id)
  }
  for (const id of byId.keys()) await requireOfOldModel(client, String(id), result)
}

/** v1 lists the instances of the legacy model by themselves: v2 has them under their assignment. */
async function requireOfOldModel(client: ApiClient, id: string, result: ReadBack): Promise<void> {
  const { status } = await client.request('GET', `/v1/task-instances/${id}`)
  if (status !== 200) result.differences.push(`${counterparts.instance.v2} ${id} is in v2, but in v1 nowhere`)
}

function compare({ v1, own, moving }: Counterpart, inV1: Json, inV2: Json, result: ReadBack): void {
  result.rows++
  result.differences.push(
    ...differences(`${v1} ${String(inV1.id)} in v1`, renamed(inV1, { ...own, ...moving }), inV2),
  )
}

const differences = (what: string, expected: Json, actual: Json): string[] =>
  Object.entries(expected)
    .filter(([field, value]) => !isDeepStrictEqual(value, actual[field]))
    .map(
      ([field, value]) =>
        `${what}: ${field} is ${JSON.stringify(value)}, in v2 ${JSON.stringify(actual[field])}`,
    )
