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
        const wasAtWork = await dieAt(path, death, killed)
        if (wasAtWork) counts.set(killed.job, (counts.get(killed.job) ?? 0) + 1)
        t.same(fileProblems(path), [])
        killed.checkLeft(t, killed.lookAt(path), before)
        const next = startLife(path)
        const operator = operatorAt(await next.address)
        // Who was killed may not have answered any more.
        const job = await operator.newest()
        t.equal(job?.job, killed.job)
        t.match(await operator.until(job?.id ?? '', endStates), { state: 'succeeded', error: null })
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

/** Whether the job had not ended yet. */
async function dieAt<Look>(
  path: string,
  death: string | number,
  { job, options, phase }: KilledJob<Look>,
): Promise<boolean> {
  const fate: Fate = typeof death === 'string' ? { signalAt: `SIGKILL ${death}` } : {}
  const life = startLife(path, fate)
  const operator = operatorAt(await life.address)
  const started = await operator.start(job, options).catch(() => undefined)
  let isAtWork = true
  if (typeof death === 'number') {
    const see = () => operator.get(started?.id ?? '')
    // A short phase may be over before it is seen.
    for (let seen = await see(); seen.phase !== phase && !endStates.includes(seen.state); seen = await see())
      await pause(2)
    await pause(death)
    isAtWork = !endStates.includes((await see()).state)
    life.signal('SIGKILL')
  }
  const { signal } = await life.ended
  if (signal !== 'SIGKILL') throw new Error(`The server ended by ${String(signal)}: ${life.told()}`)
  return isAtWork
}
