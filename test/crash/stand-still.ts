import { readdirSync, readFileSync } from 'node:fs'
import type { Life } from './server-life.js'

/** It has to come to the point first. */
const LIMIT_MS = 180_000

/** Resolves once every thread of the process stands still: a stop signal takes a moment to reach them. */
export async function stopped({ pid }: Life): Promise<void> {
  const giveUpAt = Date.now() + LIMIT_MS
  while (statesOf(pid).some((state) => state !== 'T')) {
    if (Date.now() > giveUpAt) throw new Error(`The process ${pid} does not stand still.`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const statesOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map(
    (thread) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))?.[1] ?? '',
  )
