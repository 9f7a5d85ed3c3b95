import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import type { Handle } from '../../db/database.js'
import { invalidInput } from '../../kernel/problem.js'
import { findBackup, folderOf } from '../../migration/backup/backup-folders.js'
import { DATABASE } from '../../migration/backup/manifest.js'
import { whyUnusable } from '../../migration/backup/usable-backup.js'
import type { Phase } from '../../migration/job.js'
import type { Issue } from '../../migration/report.js'
import { JobFailure, type Run } from '../../migration/run.js'
import type { JobSettings } from '../../migration/settings.js'
import { underGuard } from './sync/guard.js'
import { mappingFor } from './v1-shape.js'
import { v2OnlyColumns } from './v2-only.js'

/** Refuses what is no archive of this database before anything is begun. */
export async function requireArchive(
  db: Kysely<unknown>,
  { bringBack: id }: { bringBack?: string },
  { backups }: JobSettings,
): Promise<void> {
  if (id === undefined) return
  const { rows } = await sql<{ databaseId: string }>`select databaseId from migration_state`.execute(db)
  const found = findBackup(backups.dir, rows[0]?.databaseId ?? '', id)
  const problem = found === undefined ? 'there is no such backup' : (found.problem ?? whyNoArchive(found))
  if (problem !== undefined) throw invalidInput([{ path: '/options/bringBack', message: problem }])
}

const whyNoArchive = ({ manifest }: { manifest: { job: string } | null }) =>
  manifest?.job === 'rollback' ? undefined : 'it is not the backup of a rollback of the schema'

/** Names that v2 has given: the backfill, and what is written meanwhile, find them there. */
export function bringBackNames(db: Handle): void {
  db.exec(
    `INSERT INTO section_forms SELECT f.id, f.milestoneCode, f.milestoneName, f.code, f.name
    FROM archive.section_forms f JOIN milestones m ON m.id = f.id AND m.code IS f.milestoneCode AND m.name IS f.milestoneName`,
  )
}

/**
 * Brings back what only v2 could hold, from the backup of a rollback of the schema, where its row is still
 * there and v1 has not made it senseless meanwhile. What was written since is never overwritten.
 */
export const bringBack = (id: string): Phase => ({
  name: 'backfill',
  run: (run) =>
    withArchive(run, id, async () => {
      run.transaction(() =>
        underGuard(run.db, () => {
          for (const step of steps(run.db)) run.findings.issues.push(...carryOut(run.db, step))
        }),
      )
    }),
})

/** Runs `act` with the backup's database attached as `archive`. */
export async function withArchive(run: Run, id: string, act: () => Promise<void>): Promise<void> {
  const { dir } = run.settings.backups
  const folder = folderOf(dir, id)
  const wrong = await whyUnusable(run, id)
  if (wrong.length > 0)
    throw new JobFailure({
      code: 'backup-unusable',
      detail: `The backup ${id} cannot be used: ${wrong.join('; ')}.`,
    })
  run.db.prepare('ATTACH ? AS archive').run(join(folder, DATABASE))
  try {
    await act()
  } finally {
    run.db.exec('DETACH archive')
  }
}

interface Step {
  table: string
  column?: string
  /** How many there are in the archive. */
  archived: string
  sql: string
}

/** Sub-tasks first: their names are free only below their parents. */
const steps = (db: Handle): Step[] => [
  {
    table: 'v2_tasks',
    column: 'parentTaskId',
    archived: 'SELECT count(parentTaskId) FROM archive.v2_tasks',
    sql: `UPDATE OR IGNORE v2_tasks SET parentTaskId = a.parentTaskId, name = CASE
        WHEN v2_tasks.name = coalesce(f.taskName, a.name) THEN a.name ELSE v2_tasks.name END
      FROM archive.v2_tasks a LEFT JOIN archive.task_forms f ON f.id = a.id
      WHERE a.id = v2_tasks.id AND a.parentTaskId IS NOT NULL AND v2_tasks.parentTaskId IS NULL
        AND NOT EXISTS (SELECT 1 FROM v2_tasks child WHERE child.parentTaskId = v2_tasks.id)
        AND EXISTS (SELECT 1 FROM v2_tasks p WHERE p.id = a.parentTaskId AND p.parentTaskId IS NULL
          AND p.taskTypeId = v2_tasks.taskTypeId AND p.sectionId IS v2_tasks.sectionId)`,
  },
  {
    table: 'v2_tasks',
    column: 'name',
    archived: 'SELECT count(*) FROM archive.task_forms',
    sql: `UPDATE OR IGNORE v2_tasks SET name = f.name FROM archive.task_forms f
      WHERE f.id = v2_tasks.id AND v2_tasks.name IN (f.taskName, f.name)`,
  },
  {
    table: 'task_forms',
    archived: 'SELECT count(*) FROM archive.task_forms',
    sql: `INSERT OR IGNORE INTO task_forms (id, taskName, name)
      SELECT t.id, t.name, n.name FROM v2_tasks n JOIN tasks t ON t.id = n.id WHERE n.name IS NOT t.name`,
  },
  ...v2OnlyColumns(mappingFor(db)).flatMap(({ table, columns }) =>
    columns.filter((column) => column !== 'parentTaskId').map((column) => valueStep(db, table, column)),
  ),
  {
    table: 'set_aside_instances',
    archived: 'SELECT count(*) FROM archive.set_aside_instances',
    sql: `INSERT OR IGNORE INTO set_aside_instances SELECT a.id FROM archive.set_aside_instances a
      WHERE EXISTS (SELECT 1 FROM v2_supplier_task_instances n WHERE n.id = a.id)`,
  },
  {
    table: 'v2_supplier_task_instances',
    column: 'isApplied',
    archived: 'SELECT count(*) FROM archive.set_aside_instances',
    sql: `UPDATE v2_supplier_task_instances SET isApplied = 0
      WHERE isApplied = 1 AND id IN (SELECT id FROM set_aside_instances)`,
  },
  {
    table: 'attached_task_types',
    archived: 'SELECT count(*) FROM archive.attached_task_types',
    sql: `INSERT OR IGNORE INTO attached_task_types SELECT projectId, taskTypeId FROM archive.attached_task_types a
      WHERE EXISTS (SELECT 1 FROM projects p WHERE p.id = a.projectId)
        AND EXISTS (SELECT 1 FROM task_types t WHERE t.id = a.taskTypeId)`,
  },
  {
    table: 'v2_project_task_types',
    archived: `SELECT count(*) FROM archive.attached_task_types`,
    sql: `INSERT OR IGNORE INTO v2_project_task_types (id, projectId, taskTypeId, isActive, createdAt, updatedAt)
      SELECT a.id, a.projectId, a.taskTypeId, a.isActive, a.createdAt, a.updatedAt
      FROM archive.v2_project_task_types a
      JOIN attached_task_types h ON h.projectId = a.projectId AND h.taskTypeId = a.taskTypeId`,
  },
]

/** What makes no sense any more in v1's present state stays away, as the sync would have taken it. */
function valueStep(db: Handle, table: string, column: string): Step {
  const standsWhile = mappingFor(db).find(({ target }) => target === table)?.columns[column]?.standsWhile
  const stands = standsWhile === undefined ? '' : ` AND ${standsWhile.replaceAll('excluded.', `${table}.`)}`
  return {
    table,
    column,
    archived: `SELECT count(${column}) FROM archive.${table}`,
    sql: `UPDATE ${table} SET ${column} = a.${column} FROM archive.${table} a
      WHERE a.id = ${table}.id AND a.${column} IS NOT NULL AND ${table}.${column} IS NULL${stands}`,
  }
}

function carryOut(db: Handle, { table, column, archived, sql: statement }: Step): Issue[] {
  const count = db.prepare(archived).pluck().get() as number
  const { changes } = db.prepare(statement).run()
  if (count === 0 && changes === 0) return []
  return [
    {
      code: 'brought-back',
      severity: 'noted',
      table,
      ...(column === undefined ? {} : { column }),
      count: changes,
      samples: [],
      resolution: `${changes} of ${count} in the archive; the others have no row any more, or are there already`,
    },
  ]
}
