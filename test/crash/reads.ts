import type { Operator } from './operator.js'

export interface Reads {
  reads: number
  /** What was not answered with 200. */
  failures: string[]
  longestMs: number
}

/** Reads one thing after the other until it is stopped. A job may mind who reads from v1. */
export function watchReads(
  { client }: Operator,
  version: 'v1' | 'v2' = 'v1',
): { count: () => number; stop: () => Reads } {
  const seen: Reads = { reads: 0, failures: [], longestMs: 0 }
  let isStopped = false
  const read = async () => {
    while (!isStopped) {
      const startedAt = performance.now()
      const answer = await client.request('GET', `/${version}/supplier-task-instances?limit=20`).catch(String)
      seen.reads++
      if (typeof answer === 'string' || answer.status !== 200) seen.failures.push(JSON.stringify(answer))
      seen.longestMs = Math.max(seen.longestMs, performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  void read()
  return {
    count: () => seen.reads,
    stop() {
      isStopped = true
      return seen
    },
  }
}
