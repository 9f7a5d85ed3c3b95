/*
 * Loaded into the server's process ahead of the server itself: tells the benchmark, over IPC, how long
 * the event loop was held up and how much memory the process has.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a probe saw since the one before. `at` is epoch milliseconds. */
export interface Probed {
  at: number
  /** The longest that a timer came late. */
  delayMs: number
  rssBytes: number
}

const EVERY_MS = 100
const RESOLUTION_MS = 5

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
setInterval(() => {
  const probed: Probed = {
    at: Date.now(),
    // The histogram has the time from one of its timers to the next.
    delayMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
    rssBytes: process.memoryUsage.rss(),
  }
  delay.reset()
  process.send?.(probed)
}, EVERY_MS).unref()
// The server's process must end when it is told to, whether or not anybody listens.
process.channel?.unref()
