import { apiClient, type ApiClient } from '../../scripts/demo/api-client.js'
import type { JobError } from '../../src/migration/journal.js'
import type { JobState, PhaseName } from '../../src/migration/job.js'
import type { Report } from '../../src/migration/report.js'

const POLL_MS = 60
/** No run of these small files takes so long, also when it has to wait for a lease, and for a busy machine. */
const LIMIT_MS = 300_000

export interface Job {
  id: string
  job: string
  state: JobState
  phase: PhaseName | null
  report: Report | null
  error: JobError | null
}

/** Who runs jobs over /admin. Every call fails when the server is gone. */
export interface Operator {
  address: string
  client: ApiClient
  /** Starts a job, and gives it as it is then. */
  start: (job: string, options?: object) => Promise<Job>
  newest: () => Promise<Job | undefined>
  get: (id: string) => Promise<Job>
  ask: (id: string, action: 'pause' | 'resume' | 'cancel') => Promise<void>
  /** The job once it is in one of the states. */
  until: (id: string, states: readonly JobState[]) => Promise<Job>
  stage: () => Promise<string>
}

export const endStates: readonly JobState[] = ['succeeded', 'failed', 'cancelled']

export function operatorAt(address: string): Operator {
  const client = apiClient(address, new AbortController().signal)
  const get = (id: string) => client.get<Job>(`/admin/migrations/${id}`)
  return {
    address,
    client,
    get,
    async start(job, options = {}) {
      const { status, body } = await client.request(
        'POST',
        '/admin/migrations',
        { job, options },
        { prefer: 'respond-async' },
      )
      if (status !== 202 && status !== 200) throw new Error(`${job} was refused: ${JSON.stringify(body)}`)
      return body as Job
    },
    newest: async () => (await client.get<{ items: Job[] }>('/admin/migrations?limit=1')).items[0],
    async ask(id, action) {
      await client.request('POST', `/admin/migrations/${id}/${action}`)
    },
    until: (id, states) =>
      poll(
        () => get(id),
        ({ state }) => states.includes(state),
      ),
    stage: async () => (await client.get<{ stage: string }>('/admin/status')).stage,
  }
}

async function poll(get: () => Promise<Job>, isEnough: (job: Job) => boolean): Promise<Job> {
  const giveUpAt = Date.now() + LIMIT_MS
  for (;;) {
    const job = await get()
    if (isEnough(job)) return job
    if (Date.now() > giveUpAt)
      throw new Error(`The ${job.job} job is ${job.state} in ${job.phase}, and does not go on.`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
