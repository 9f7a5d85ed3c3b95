import type { Transaction } from 'kysely'
import { conflict } from '../kernel/problem.js'
import { putOnRecord, type Asked } from './audit-log.js'
import { getJob, isUnfinished, requestOf, type Job, type Requested } from './jobs.repository.js'
import type { JournalTables } from './tables.js'

const alreadyEnded = ({ id, state }: Job) =>
  conflict('job-ended', `The job ${id} has ended: it is ${state}, and stays so.`)

const beingCancelled = ({ id }: Job) =>
  conflict(
    'job-cancelling',
    `The job ${id} is being cancelled, which cannot be taken back. Start another one.`,
  )

const actionOf = { pause: 'pause-asked', resume: 'resume-asked', cancel: 'cancel-asked' } as const

/**
 * Leaves word for the job's runner, whichever process that is in; null takes a pause back. To ask again
 * for the same is no error. A cancel is final: the runner takes back what the job did, and nothing that is
 * asked afterwards may stop it half way.
 *
 * @throws Problem `not-found`, `job-ended`, `job-cancelling`
 */
export async function requestOfJob(
  trx: Transaction<JournalTables>,
  id: string,
  { requested, asked }: { requested: Requested | null; asked: Asked },
): Promise<void> {
  const job = await getJob(trx, id)
  if (job.state === 'cancelled' && requested === 'cancel') return
  if (!isUnfinished(job)) throw alreadyEnded(job)
  if (job.requested === 'cancel' && requested !== 'cancel') throw beingCancelled(job)
  if (job.requested === requested) return
  await requestOf(trx, id, requested)
  await putOnRecord(trx, { action: actionOf[requested ?? 'resume'], jobId: id, job: job.job, asked })
}
