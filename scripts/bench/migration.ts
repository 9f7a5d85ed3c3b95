import { runJob, type DoneJob } from './job.js'

export interface Migrated extends Omit<DoneJob, 'job'> {
  rows: number
  /** Of the backfill alone. */
  rowsPerSecond: number
}

/** Runs a migration over HTTP to its end, and says from the journal how long each phase took. */
export async function migrate(address: string, path: string): Promise<Migrated> {
  const { job, ...done } = await runJob(address, path, { job: 'migrate' })
  const backfill = done.phases.find(({ name }) => name === 'backfill')
  const seconds = backfill === undefined ? NaN : (backfill.to - backfill.from) / 1000
  const rows = job.progress.rowsDone
  return { ...done, rows, rowsPerSecond: rows / seconds }
}
