import type { Static } from '@sinclair/typebox'
import { instantText, toWire } from '../http/wire.js'
import type { Job } from '../migration/jobs.repository.js'
import { MigrationJob } from './migrations.schemas.js'

export const pathOf = (id: string) => `/admin/migrations/${id}`

export const asWire = (job: Job): Static<typeof MigrationJob> =>
  toWire(MigrationJob, {
    ...job,
    throttle: job.throttle && { ...job.throttle, since: instantText(job.throttle.since) },
    links: {
      self: pathOf(job.id),
      report: `${pathOf(job.id)}/report`,
      events: `${pathOf(job.id)}/events`,
    },
  })
