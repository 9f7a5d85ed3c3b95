import type { AcknowledgedWrites } from './acknowledged-writes.js'
import type { ApiClient, Json } from './api-client.js'
import { round, type Clerk } from './clerk.js'
import { dealOut, type Catalogue } from './catalogue.js'

const CLERKS = 4
const REST_MS = 4

/** What the clients met in a stretch of time. Times are in milliseconds. */
export interface Period {
  seconds: number
  requests: number
  writes: number
  /** One line for each request that was not answered with success. */
  failures: string[]
  p50: number
  p99: number
}

export interface Traffic {
  /** Ends the stretch that has run since the start, or since the last call, and begins another. */
  endPeriod(): Period
  /** Resolves once the last request has been answered. */
  stop(): Promise<void>
}

/** Clients that read and write through /v1 as people do all day, until they are stopped. */
export function startTraffic(
  client: ApiClient,
  log: AcknowledgedWrites,
  catalogue: Catalogue,
  signal: AbortSignal,
): Traffic {
  let period = beginPeriod(log.writes)
  let isStopped = false
  const send = async (method: string, path: string, body?: Json): Promise<Json | undefined> => {
    const startedAt = performance.now()
    const problem = await client.request(method, path, body).then(
      (answer) => {
        period.latencies.push(performance.now() - startedAt)
        return answer
      },
      (error: unknown) => ({ status: 0, body: String(error) }),
    )
    if (problem.status >= 200 && problem.status < 300) return (problem.body ?? {}) as Json
    period.failures.push(`${method} ${path}: ${problem.status} ${JSON.stringify(problem.body)}`)
    return undefined
  }
  const work = async (clerk: Clerk) => {
    for (; !isStopped && !signal.aborted; clerk.turn++) {
      await round[clerk.turn % round.length]?.(clerk)
      await new Promise((resolve) => setTimeout(resolve, REST_MS))
    }
  }
  const working = dealOut(catalogue, CLERKS).map((hand, number) =>
    work({ ...hand, number, turn: number * 3, send, log }),
  )
  return {
    endPeriod() {
      const ended = period
      period = beginPeriod(log.writes)
      return summary(ended, log.writes)
    },
    async stop() {
      isStopped = true
      await Promise.all(working)
    },
  }
}

const beginPeriod = (writesBefore: number) => ({
  startedAt: performance.now(),
  writesBefore,
  latencies: [] as number[],
  failures: [] as string[],
})

function summary(period: ReturnType<typeof beginPeriod>, writes: number): Period {
  const sorted = period.latencies.toSorted((a, b) => a - b)
  const quantile = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0
  return {
    seconds: (performance.now() - period.startedAt) / 1000,
    requests: sorted.length,
    writes: writes - period.writesBefore,
    failures: period.failures,
    p50: quantile(0.5),
    p99: quantile(0.99),
  }
}
