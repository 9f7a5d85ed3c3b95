import BetterSqlite3 from 'better-sqlite3'
import { checkFailed } from '../terminal.js'

const POLL_MS = 250

/** From when to when, in epoch milliseconds. */
export interface Span {
  from: number
  to: number
}

export interface Migrated extends Span {
  /** Of each phase, in their order. */
  phases: (Span & { name: string })[]
  rows: number
  /** Of the backfill alone. */
  rowsPerSecond: number
}

interface Job {
  id: string
  state: string
  error: { detail: string } | null
  progress: { rowsDone: number }
}

/** Runs a migration over HTTP to its end, and says from the journal how long each phase took. */
export async function migrate(address: string, path: string): Promise<Migrated> {
  const from = Date.now()
  let job = await answer(address, '/admin/migrations', {
    method: 'POST',
    body: JSON.stringify({ job: 'migrate' }),
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
  })
  while (['queued', 'running', 'paused', 'interrupted'].includes(job.state)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    job = await answer(address, `/admin/migrations/${job.id}`)
  }
  if (job.state !== 'succeeded')
    throw checkFailed(`The migration ended as ${job.state}: ${job.error?.detail ?? ''}`)
  const phases = phasesOf(path, job.id)
  const backfill = phases.find(({ name }) => name === 'backfill')
  const seconds = backfill === undefined ? NaN : (backfill.to - backfill.from) / 1000
  const rows = job.progress.rowsDone
  return { from, to: Date.now(), phases, rows, rowsPerSecond: rows / seconds }
}

async function answer(address: string, path: string, init?: RequestInit): Promise<Job> {
  const response = await fetch(address + path, init).catch((error: unknown) => {
    const { cause = error } = error as Error
    throw checkFailed(`${path} was not answered: ${String(cause)}`)
  })
  if (!response.ok) throw checkFailed(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Job
}

function phasesOf(path: string, jobId: string): Migrated['phases'] {
  const db = new BetterSqlite3(path, { readonly: true })
  const events = db
    .prepare(
      `SELECT at, type, data FROM migration_events WHERE jobId = ? AND type IN ('phase', 'end') ORDER BY id`,
    )
    .all(jobId) as { at: number; type: string; data: string }[]
  db.close()
  return events.slice(0, -1).map(({ at, data }, index) => ({
    name: (JSON.parse(data) as { phase: string }).phase,
    from: at,
    to: events[index + 1]?.at ?? at,
  }))
}
