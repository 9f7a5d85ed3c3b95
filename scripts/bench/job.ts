import BetterSqlite3 from 'better-sqlite3'
import { checkFailed } from '../terminal.js'

const POLL_MS = 250

/** From when to when, in epoch milliseconds. */
export interface Span {
  from: number
  to: number
}

export interface Job {
  id: string
  state: string
  error: { detail: string } | null
  progress: { rowsDone: number }
}

/** A job that has succeeded, as its client saw it. */
export interface DoneJob extends Span {
  job: Job
  /** Of each phase, in their order, by the journal. */
  phases: (Span & { name: string })[]
}

/** Runs a job over HTTP to its end. */
export async function runJob(
  address: string,
  path: string,
  { job: name, options = {} }: { job: string; options?: object },
): Promise<DoneJob> {
  const from = Date.now()
  let job = await answer<Job>(address, '/admin/migrations', {
    method: 'POST',
    body: JSON.stringify({ job: name, options }),
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
  })
  while (['queued', 'running', 'paused', 'interrupted'].includes(job.state)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    job = await answer<Job>(address, `/admin/migrations/${job.id}`)
  }
  if (job.state !== 'succeeded')
    throw checkFailed(`The job ${name} ended as ${job.state}: ${job.error?.detail ?? ''}`)
  return { job, from, to: Date.now(), phases: phasesOf(path, job.id) }
}

/** @throws where the answer is not a success */
export async function answer<Body>(address: string, path: string, init?: RequestInit): Promise<Body> {
  const response = await fetch(address + path, init).catch((error: unknown) => {
    const { cause = error } = error as Error
    throw checkFailed(`${path} was not answered: ${String(cause)}`)
  })
  if (!response.ok) throw checkFailed(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Body
}

function phasesOf(path: string, jobId: string): DoneJob['phases'] {
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
