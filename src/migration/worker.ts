import { parentPort, workerData } from 'node:worker_threads'
import { sharedFlag } from '../db/shared-flag.js'
import { WaitingWriters } from '../db/waiting-writers.js'
import type { JobsModule } from './job.js'
import { runJob } from './runner.js'
import type { JobSettings } from './settings.js'
import type { Owner } from './run.js'

/** What the host gives its worker. */
export interface WorkerInput {
  path: string
  jobId: string
  owner: Owner
  waiting: SharedArrayBuffer
  eventLoopDelay: SharedArrayBuffer
  walIsLong: SharedArrayBuffer
  settings: JobSettings
  /** URL of a module with `jobKinds`: functions cannot be sent to a worker. */
  jobsModule: string
}

const input = workerData as WorkerInput
const { jobKinds } = (await import(input.jobsModule)) as JobsModule
let isStopping = false
parentPort?.once('message', () => (isStopping = true))

await runJob(jobKinds, {
  path: input.path,
  jobId: input.jobId,
  owner: input.owner,
  waiting: WaitingWriters.over(input.waiting),
  eventLoopDelay: input.eventLoopDelay,
  walIsLong: sharedFlag(input.walIsLong),
  settings: input.settings,
  stopping: () => isStopping,
})
// The port would keep the thread alive.
parentPort?.close()
