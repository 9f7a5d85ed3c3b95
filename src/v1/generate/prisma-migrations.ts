import type { Maker } from './maker.js'
import { hexDigits } from './random.js'
import { daysBeforeBase } from './stored-date.js'

const migrations = ['20250818170000_init', '20250819021500_milestones', '20250819023000_rename_legacy']

/** Adds what Prisma noted of its own migrations. */
export function addPrismaMigrations({ random, insert }: Maker): void {
  migrations.forEach((migration_name, index) => {
    const started_at = daysBeforeBase(600 - index)
    insert('_prisma_migrations', {
      id: [8, 4, 4, 4, 12].map((digits) => hexDigits(random, digits)).join('-'),
      checksum: hexDigits(random, 64),
      finished_at: started_at + 25,
      migration_name,
      logs: null,
      rolled_back_at: null,
      started_at,
      applied_steps_count: 1,
    })
  })
}
