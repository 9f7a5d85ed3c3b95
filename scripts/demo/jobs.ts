import type { Report } from '../../src/migration/report.js'
import { progressDisplay } from '../progress-display.js'
import { checkFailed } from '../terminal.js'
import type { ApiClient, Json } from './api-client.js'

const POLL_MS = 100

interface Job {
  state: string
  phase: string | null
  progress: { rowsDone: number; rowsTotal: number }
  report: Report | null
  error: { code: string; detail: string } | null
  links: { self: string; report: string }
}

export interface FinishedJob {
  report: Report
  /** Where the report can be fetched. */
  reportPath: string
}

/**
 * Starts a migration job, and shows its progress until it has ended.
 *
 * @throws Error with the job's own reason when it does not succeed
 */
export async function runJob(client: ApiClient, job: string, options: Json): Promise<FinishedJob> {
  const started = await client.request(
    'POST',
    '/admin/migrations',
    { job, options },
    { prefer: 'respond-async' },
  )
  if (started.status >= 400) throw checkFailed(`${job} was refused: ${JSON.stringify(started.body)}`)
  const ended = await follow(client, started.body as Job)
  if (ended.state !== 'succeeded' || ended.report === null)
    throw checkFailed(`${job} ended as ${ended.state}. ${reasonOf(ended)} See ${ended.links.report}.`)
  return { report: ended.report, reportPath: ended.links.report }
}

/** Without the stack that a defect brings along. */
const reasonOf = ({ error }: Job) => error?.detail.split('\n')[0] ?? ''

async function follow(client: ApiClient, started: Job): Promise<Job> {
  const display = progressDisplay()
  try {
    let job = started
    while (['queued', 'running', 'paused', 'interrupted'].includes(job.state)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      job = await client.get<Job>(started.links.self)
      const { rowsDone, rowsTotal } = job.progress
      // Rows that v1 gets meanwhile are done too, but were not counted.
      const total = Math.max(rowsDone, rowsTotal)
      if (total > 0) display.update({ phase: 'backfill', done: rowsDone, total })
    }
    return job
  } finally {
    display.end()
  }
}
