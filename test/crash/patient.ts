import { setTimeout as pause } from 'node:timers/promises'
import { clientOver, type ApiClient } from '../../scripts/demo/api-client.js'

const PATIENCE_MS = 120_000

/** Reads again what it is told to read later: a machine may have more to do than it can answer in time. */
export const patient = (client: ApiClient): ApiClient =>
  clientOver(async (...asked) => {
    const giveUpAt = Date.now() + PATIENCE_MS
    for (;;) {
      const answer = await client.request(...asked)
      const isBusy = (answer.body as { code?: string } | undefined)?.code === 'reads-busy'
      if (!isBusy || Date.now() > giveUpAt) return answer
      await pause(500)
    }
  })
