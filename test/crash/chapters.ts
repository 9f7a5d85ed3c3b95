import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { requireWholeBackups } from './whole-backups.js'
import { sqlConsole } from '../to-v2/migrated.js'
import type { Chapter } from './story.js'

/** Nobody deletes it, and no client writes the damaged column. */
const oneInstance = `id = (SELECT min(id) FROM supplier_task_instances)`

function byConsole(path: string, sql: string): void {
  const db = sqlConsole(path)
  db.exec(sql)
  db.close()
}

type Plan = Omit<Chapter, 'deaths'>

/** What each job is asked, in an order in which a file can go through all of them. */
export const chapters = {
  backup: {
    title: 'a backup',
    job: 'backup',
    endsAs: 'succeeded',
    leaves: 'v1',
    afterwards: requireWholeBackups,
  },
  dryRun: {
    title: 'a dry run',
    job: 'migrate',
    options: { dryRun: true, backup: false, chunkMs: 1 },
    endsAs: 'succeeded',
    leaves: 'v1',
  },
  cancelled: {
    title: 'a migration that is cancelled',
    job: 'migrate',
    options: { backup: false, chunkMs: 1 },
    endsAs: 'cancelled',
    leaves: 'v1',
    meanwhile: ({ operator, id }) => operator.ask(id, 'cancel'),
  },
  failing: {
    title: 'a migration that fails',
    job: 'migrate',
    options: { backup: false, chunkMs: 1 },
    endsAs: 'failed',
    leaves: 'v1',
    meanwhile: async ({ operator, id, life, path }) => {
      if (life > 0) return
      await operator.ask(id, 'pause')
      await operator.until(id, ['paused'])
      byConsole(path, `UPDATE supplier_task_instances SET isApplied = 2 WHERE ${oneInstance}`)
    },
    afterwards: (path) =>
      byConsole(path, `UPDATE supplier_task_instances SET isApplied = 1 WHERE ${oneInstance}`),
  },
  migration: {
    title: 'a migration',
    job: 'migrate',
    options: { backup: false, chunkMs: 1 },
    endsAs: 'succeeded',
    leaves: 'migrated',
  },
  repair: {
    title: 'a repair',
    job: 'repair',
    options: { keep: 'newer' },
    endsAs: 'succeeded',
    leaves: 'migrated',
  },
  retry: {
    title: 'a retry of what is in quarantine',
    job: 'retry',
    options: { statusMap: { waived: 'cancelled' } },
    endsAs: 'succeeded',
    leaves: 'migrated',
  },
  cutover: {
    title: 'a cutover',
    job: 'cutover',
    options: { groups: allGroupsOn('v2') },
    endsAs: 'succeeded',
    leaves: 'cutover',
  },
  rollback: {
    title: 'a rollback',
    job: 'rollback',
    options: { level: 'api' },
    endsAs: 'succeeded',
    leaves: 'migrated',
  },
  schemaRollback: {
    title: 'a rollback of the schema',
    job: 'rollback',
    options: { level: 'schema' },
    endsAs: 'succeeded',
    leaves: 'v1',
    afterwards: requireWholeBackups,
  },
  again: {
    title: 'another migration',
    job: 'migrate',
    options: { backup: false, chunkMs: 1 },
    endsAs: 'succeeded',
    leaves: 'migrated',
  },
} as const satisfies Record<string, Plan>
