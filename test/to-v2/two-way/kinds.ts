import { v1Requests, v2Requests } from './http-writes.js'
import { legacyV1Writes, legacyV2Writes } from './legacy-writes.js'
import { mendingWrites } from './mending-writes.js'
import { spoilingWrites } from './spoiling-writes.js'
import { sharedWrites, v1Writes } from './v1-writes.js'
import { v2Writes } from './v2-writes.js'
import type { Write } from './world.js'

export interface Kind {
  name: string
  side: 'v1' | 'v2' | 'shared'
  /** Those that the history may give for it. What goes with a shared row goes by either side. */
  origins: readonly string[]
  write: Write
}

const kindsOf = (side: Kind['side'], origins: readonly string[], writes: Record<string, Write>): Kind[] =>
  Object.entries(writes).map(([name, write]) => ({ name, side, origins, write }))

export const onV1 = [
  ...kindsOf('v1', ['v1'], v1Writes),
  ...kindsOf('v1', ['v1', 'propagation'], v1Requests),
  ...kindsOf('shared', ['v1', 'external'], sharedWrites),
]
const onV2 = [...kindsOf('v2', ['external'], v2Writes), ...kindsOf('v2', ['v2', 'propagation'], v2Requests)]
export const kinds = [...onV1, ...onV2]

/** Writes of v1 that leave rows that do not fit, and such as mend them: as many as it takes to meet both often. */
const often = <Item>(items: readonly Item[], times: number) =>
  Array.from({ length: times }, () => items).flat()
const spoilOrMend = [
  ...often(kindsOf('v1', ['v1'], spoilingWrites), 2),
  ...often(kindsOf('v1', ['v1'], mendingWrites), 3),
]
export const awkwardOnV1 = [...onV1, ...spoilOrMend]
export const awkwardKinds = [...kinds, ...spoilOrMend]

const onLegacy = kindsOf('v1', ['v1'], legacyV1Writes)
export const legacyOnV1 = [...onV1, ...onLegacy]
export const legacyKinds = [...kinds, ...onLegacy, ...kindsOf('v2', ['external', 'v1'], legacyV2Writes)]
