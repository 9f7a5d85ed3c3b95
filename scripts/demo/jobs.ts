import type { Report } from '../../src/migration/report.js'
import { progressDisplay } from '../progress-display.js'
import { checkFailed } from '../terminal.js'
import type { ApiClient, Json } from './api-client.js'

const POLL_MS = 100

interface Job {
  job: string
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
  const ended = await runToItsEnd(client, job, options)
  if (ended.state !== 'succeeded' || ended.report === null)
    throw checkFailed(`${job} ended as ${ended.state}. ${reasonOf(ended)} See ${ended.links.report}.`)
  return { report: ended.report, reportPath: ended.links.report }
}

/**
 * The same for one that must not succeed.
 *
 * @throws Error when it does, or for another reason
 */
export async function runRefusedJob(
  client: ApiClient,
  job: string,
  { options, code }: { options: Json; code: string },
): Promise<{ detail: string; report: Report | null }> {
  const { state, error, report } = await runToItsEnd(client, job, options)
  if (state !== 'failed' || error?.code !== code)
    throw checkFailed(`${job} should have failed with ${code}: it ended as ${state} (${error?.code ?? ''}).`)
  return { detail: error.detail, report }
}

async function runToItsEnd(client: ApiClient, job: string, options: Json): Promise<Job> {
  const started = await client.request(
    'POST',
    '/admin/migrations',
    { job, options },
    { prefer: 'respond-async' },
  )
  if (started.status >= 400) throw checkFailed(`${job} was refused: ${JSON.stringify(started.body)}`)
  return await follow(client, started.body as Job)
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
      const phase = job.phase ?? job.job
      if (total > 0) display.update({ phase, done: rowsDone, total })
    }
    return job
  } finally {
    display.end()
  }
}
