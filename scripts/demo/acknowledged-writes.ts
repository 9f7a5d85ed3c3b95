import type { Json } from './api-client.js'
import { counterparts, type Counterpart, type ItemKind } from './counterparts.js'

/** What the server has promised to hold: the last acknowledged values of an item, or that it is gone. */
export interface Promised {
  kind: ItemKind
  id: string
  /** By v2's field names. */
  values: Json | 'deleted'
}

export interface AcknowledgedWrites {
  readonly writes: number
  readonly items: ReadonlyMap<string, Promised>
  wrote: (kind: ItemKind, answer: Json) => void
  deleted: (kind: ItemKind, id: string) => void
}

/** The log of every write that was answered with success. No item has two writers at once. */
export function acknowledgedWrites(): AcknowledgedWrites {
  const items = new Map<string, Promised>()
  let writes = 0
  const keep = (promised: Promised) => {
    writes++
    items.set(`${promised.kind} ${promised.id}`, promised)
  }
  return {
    get writes() {
      return writes
    },
    items,
    wrote: (kind, answer) =>
      keep({ kind, id: String(answer.id), values: renamed(answer, counterparts[kind].own) }),
    deleted: (kind, id) => keep({ kind, id, values: 'deleted' }),
  }
}

export const renamed = (item: Json, names: Counterpart['own']): Json =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, item[from]]))
