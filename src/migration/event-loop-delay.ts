import { monitorEventLoopDelay } from 'node:perf_hooks'

const EVERY_MS = 100
const RESOLUTION_MS = 10

/** How late the serving thread is, in memory that the worker shares. */
export interface EventLoopDelay {
  memory: SharedArrayBuffer
  stop(): void
}

export function watchEventLoopDelay(): EventLoopDelay {
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const longest = new Int32Array(memory)
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  const timer = setInterval(() => {
    // The histogram has the time from one of its timers to the next.
    Atomics.store(longest, 0, Math.max(0, Math.round(histogram.max / 1e6) - RESOLUTION_MS))
    histogram.reset()
  }, EVERY_MS)
  timer.unref()
  return {
    memory,
    stop() {
      clearInterval(timer)
      histogram.disable()
    },
  }
}

/** The longest delay of the last tenth of a second, in milliseconds. */
export const delayIn = (memory: SharedArrayBuffer): number => Atomics.load(new Int32Array(memory), 0)
