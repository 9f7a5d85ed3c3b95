import { setTimeout as pause } from 'node:timers/promises'
import { cpSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { copyOf } from '../to-v2/migrated.js'
import { fileProblems } from './file-health.js'
import { endStates, operatorAt, type Operator } from './operator.js'
import { startLife, type Fate } from './server-life.js'
import { requireWholeBackups } from './whole-backups.js'

/** A job that is killed again and again, each time on a copy of the same file. */
export interface KilledJob<Look> {
  /** With the folder of its backups. */
  ready: string
  job: string
  options: object
  /** In which its random deaths are. */
  phase: string
  /** Points of server-that-dies.ts, and milliseconds into the phase. */
  deaths: readonly (string | number)[]
  /** What must not be halfway. */
  lookAt: (path: string) => Look
  /** Throws, by the test, where what a kill has left is neither what was before nor what is after. */
  checkLeft: (t: Test, left: Look, before: Look) => void
  checkEnd: (t: Test, path: string, operator: Operator) => Promise<void>
}

/** How many servers were killed at work, by job. */
export type KillCounts = Map<string, number>

export function killEverywhere<Look>(t: Test, killed: KilledJob<Look>, counts: KillCounts): void {
  for (const death of killed.deaths)
    t.test(
      `${typeof death === 'number' ? `${death} ms into its ${killed.phase}` : `at "${death}"`} leaves the old state or the new, and the next one ends it`,
      { buffered: true },
      async (t) => {
        const path = withBackups(copyOf(t, killed.ready), killed.ready)
        const before = killed.lookAt(path)
        const { id, wasAtWork } = await dieAt(path, death, killed)
        if (wasAtWork) counts.set(killed.job, (counts.get(killed.job) ?? 0) + 1)
        t.same(fileProblems(path), [])
        killed.checkLeft(t, killed.lookAt(path), before)
        const next = startLife(path)
        const operator = operatorAt(await next.address)
        t.match(await operator.until(id, endStates), { state: 'succeeded', error: null })
        await killed.checkEnd(t, path, operator)
        next.signal('SIGTERM')
        t.equal((await next.ended).code, 0)
        await requireWholeBackups(path)
      },
    )
}

function withBackups(copy: string, path: string): string {
  const from = join(dirname(path), 'backups')
  if (existsSync(from)) cpSync(from, join(dirname(copy), 'backups'), { recursive: true })
  return copy
}

async function dieAt<Look>(
  path: string,
  death: string | number,
  { job, options, phase }: KilledJob<Look>,
): Promise<{ id: string; wasAtWork: boolean }> {
  const fate: Fate = typeof death === 'string' ? { signalAt: `SIGKILL ${death}` } : {}
  const life = startLife(path, fate)
  const operator = operatorAt(await life.address)
  const { id } = await operator.start(job, options)
  let wasAtWork = true
  if (typeof death === 'number') {
    // Short phases may be over before they are seen.
    for (let seen = await operator.get(id); seen.phase !== phase && !endStates.includes(seen.state); ) {
      await pause(2)
      seen = await operator.get(id)
    }
    await pause(death)
    wasAtWork = !endStates.includes((await operator.get(id)).state)
    life.signal('SIGKILL')
  }
  const { signal } = await life.ended
  if (signal !== 'SIGKILL') throw new Error(`The server ended by ${String(signal)}: ${life.told()}`)
  return { id, wasAtWork }
}
