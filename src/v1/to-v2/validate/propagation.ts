import type { V1Tables } from '../../tables.js'
import type { V2Tables } from '../../../v2/tables.js'
import { sql, type Transaction } from 'kysely'
import { isDeepStrictEqual } from 'node:util'
import { kyselyOver, openWorkerHandle, underSchema, type Handle } from '../../../db/database.js'
import { takeLock } from '../../../db/worker-lock.js'
import { DAY_MS, type Propagation } from '../../../kernel/due-date.js'
import type { Check } from '../../../migration/report.js'
import { moveDueDate as moveInV2 } from '../../../v2/project-task-templates/move-due-date.js'
import { moveDueDate as moveInV1 } from '../../project-milestone-tasks/move-due-date.js'
import { storedInstant } from '../../../db/stored-instant.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { noneOf } from './integrity.js'

const TEMPLATES = 20
/** Of so many, spread over the table, the ones to move are chosen. */
const SAMPLED_TEMPLATES = 400
/** Every one of them is written twice under the lock: few are better, but many are better than none. */
const FEW_INSTANCES = 50
const MOST_INSTANCES = 200

/** Due dates after a move, by instance. */
type DueDates = Record<string, number>

/**
 * Moves the same due dates by v1's rule and by v2's, in transactions that are rolled back, and compares
 * what moved and what stayed; and whether the sync carried v1's result over.
 *
 * @param rest called before each move, without the lock
 */
export async function checkPropagation(path: string, rest: () => Promise<void>): Promise<Check> {
  const handle = openWorkerHandle(path)
  const db = kyselyOver<unknown>(handle, async (one) => {
    await rest()
    takeLock(one)
  })
  try {
    const found: object[] = []
    const templates = chooseTemplates(handle)
    for (const template of templates) {
      const trx = await db.startTransaction().execute()
      try {
        found.push(...(await compareMoves(handle, trx, template)))
      } finally {
        await trx.rollback().execute()
      }
    }
    return noneOf(
      'propagation',
      'propagation',
      `A new due date moves the same instances in v1 and v2 (${templates.length} templates tried)`,
      found,
    )
  } finally {
    handle.close()
  }
}

interface Template {
  id: string
  dueDate: number
}

/** SELECT of some templates of v1's active model: to join all of them with their instances would take seconds. */
export const sampledTemplates = (most: number): string =>
  `SELECT id, dueDate FROM v2_project_task_templates
   WHERE rowid % max(1, (SELECT count(*) FROM v2_project_task_templates) / ${most}) = 0
     AND id IN (SELECT id FROM project_milestone_tasks)`

const isHeld = (mapping: RowMapping['name'], id: string) => `SELECT 1 FROM migration_quarantine q
  WHERE q.mapping = '${mapping}' AND q.rowId = ${id} AND q.resolution IS NULL`
/** Each version moves what it has of them, and v1 what only the rules have made completed. */
const hasHeldRows = (id: string) => `EXISTS (${isHeld('templates', id)}) OR EXISTS (
  SELECT 1 FROM supplier_task_instances s WHERE s.projectMilestoneTaskId = ${id} AND (EXISTS (${isHeld('instances', 's.id')})
    OR EXISTS (SELECT 1 FROM migration_lineage l WHERE l.mapping = 'instances' AND l.rowId = s.id AND l."column" = 'status')))
  OR EXISTS (SELECT 1 FROM v2_supplier_task_instances s WHERE s.projectTaskTemplateId = ${id} AND EXISTS (${isHeld('instances', 's.id')}))`

/** Those whose instances have most to tell: overrides and completed ones; none of which v2 lacks some. */
function chooseTemplates(handle: Handle): Template[] {
  return handle
    .prepare(
      `SELECT t.id, t.dueDate FROM (${sampledTemplates(SAMPLED_TEMPLATES)}) t
       JOIN v2_supplier_task_instances i ON i.projectTaskTemplateId = t.id
       WHERE NOT (${hasHeldRows('t.id')}) GROUP BY t.id HAVING count(*) <= ${MOST_INSTANCES}
       ORDER BY count(*) <= ${FEW_INSTANCES} DESC, min(count(i.actualDueDate), 3) + min(sum(i.status = 'completed'), 3) DESC, t.id LIMIT ${TEMPLATES}`,
    )
    .all() as Template[]
}

async function compareMoves(
  handle: Handle,
  trx: Transaction<unknown>,
  { id, dueDate }: Template,
): Promise<object[]> {
  const to = dueDate + 17 * DAY_MS
  await sql`savepoint untouched`.execute(trx)
  const byV1 = await moveInV1(underSchema<V1Tables, unknown>(trx), id, to, Date.now())
  const v1Dates = readDates(handle, id, 'supplier_task_instances', 'projectMilestoneTaskId')
  const mirrored = readDates(handle, id, 'v2_supplier_task_instances', 'projectTaskTemplateId')
  await sql`rollback to untouched`.execute(trx)
  const byV2 = await moveInV2(underSchema<V2Tables, unknown>(trx), id, to, Date.now())
  const v2Dates = readDates(handle, id, 'v2_supplier_task_instances', 'projectTaskTemplateId')
  const mirroredBack = readDates(handle, id, 'supplier_task_instances', 'projectMilestoneTaskId')
  return [
    ...countDifferences(id, byV1, byV2),
    ...dateDifferences(id, 'v1 and v2', v1Dates, v2Dates),
    ...dateDifferences(id, 'v1 and its mirror', v1Dates, mirrored),
    ...dateDifferences(id, 'v2 and its mirror', v2Dates, mirroredBack),
  ]
}

const readDates = (handle: Handle, template: string, table: string, column: string): DueDates =>
  Object.fromEntries(
    handle
      .prepare(`SELECT id, ${storedInstant('dueDate')} FROM ${table} WHERE ${column} = ?`)
      .raw()
      .all(template) as [string, number][],
  )

const countDifferences = (template: string, v1: Propagation, v2: Propagation): object[] =>
  isDeepStrictEqual(v1, v2)
    ? []
    : [{ table: 'v2_project_task_templates', id: template, column: 'propagation', expected: v1, actual: v2 }]

const dateDifferences = (template: string, between: string, expected: DueDates, actual: DueDates): object[] =>
  [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((id) => expected[id] !== actual[id])
    .map((id) => ({
      table: 'v2_supplier_task_instances',
      id,
      column: 'dueDate',
      template,
      between,
      expected: expected[id] ?? null,
      actual: actual[id] ?? null,
    }))
