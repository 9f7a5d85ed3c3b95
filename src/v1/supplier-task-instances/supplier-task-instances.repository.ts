import { sql, type Insertable, type Kysely, type Transaction } from 'kysely'
import { setGiven } from '../../db/set-given.js'
import { instantOf, instantOrNullOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import { readStoredList } from '../../kernel/stored-json.js'
import { copiedDueDate, effectiveDueDate, isApplied } from '../due-dates.js'
import type { SupplierTaskInstancesTable, V1Tables } from '../tables.js'
import { asOfOf, isOverdueAt, onInstancePage, type Filters } from './supplier-task-instances.filters.js'

const rows = (db: Kysely<V1Tables>, asOf: number) =>
  db
    .selectFrom('supplier_task_instances')
    .select([
      'id',
      'supplierProjectInstanceId',
      'projectMilestoneTaskId',
      'status',
      'notes',
      'submissionFiles',
    ])
    .select([
      instantOf('dueDate').as('dueDate'),
      instantOrNullOf('actualDueDate').as('actualDueDate'),
      effectiveDueDate.as('effectiveDueDate'),
      isOverdueAt(asOf).as('isOverdue'),
      sql<number>`${asOf}`.as('asOf'),
      isApplied.as('isApplied'),
      instantOrNullOf('completedAt').as('completedAt'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

const asItem = <Row extends { submissionFiles: string | null }>({ submissionFiles, ...row }: Row) => {
  const { list, raw } = readStoredList(submissionFiles)
  return { ...row, submissionFiles: list, submissionFilesRaw: raw }
}

/**
 * v1 has no index on status and id: to find a page by the status, all of its rows are sorted by id. Beyond
 * so many it takes less to walk the ids until the page is full.
 */
const COMMON_ROWS = 5_000

async function isCommon(db: Kysely<V1Tables>, statuses: readonly string[]): Promise<boolean> {
  const { rows: counted } = await db
    .selectFrom((of) =>
      of
        .selectFrom('supplier_task_instances')
        .select('status')
        .where('status', 'in', statuses)
        .limit(COMMON_ROWS)
        .as('first'),
    )
    .select((of) => of.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return counted === COMMON_ROWS
}

export async function listSupplierTaskInstances(
  db: Kysely<V1Tables>,
  page: PageRequest,
  filters: Filters,
  now: number,
) {
  const asOf = asOfOf(filters, now)
  const isStatusCommon = filters.status !== undefined && (await isCommon(db, filters.status))
  const found = await rows(db, asOf)
    .where(onInstancePage(page, filters, { asOf, isStatusCommon }))
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()
  return found.map(asItem)
}

export async function findSupplierTaskInstance(db: Kysely<V1Tables>, id: string, now: number) {
  const row = await rows(db, now).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : asItem(row)
}

/** The due date for a new instance of the project milestone task; undefined unless the assignment is of the same project. */
export const findDueDateFor = (
  db: Kysely<V1Tables>,
  pair: { supplierProjectInstanceId: string; projectMilestoneTaskId: string },
) =>
  db
    .selectFrom('project_milestone_tasks')
    .select(copiedDueDate('dueDate').as('dueDate'))
    .where('id', '=', pair.projectMilestoneTaskId)
    .where('projectId', '=', (sub) =>
      sub
        .selectFrom('supplier_project_instances')
        .select('projectId')
        .where('id', '=', pair.supplierProjectInstanceId),
    )
    .executeTakeFirst()

export async function insertSupplierTaskInstance(
  trx: Transaction<V1Tables>,
  row: Insertable<SupplierTaskInstancesTable>,
) {
  await trx.insertInto('supplier_task_instances').values(row).execute()
}

const changeable = [
  ...(['status', 'completedAt', 'dueDate', 'actualDueDate', 'isApplied'] as const),
  ...(['notes', 'submissionFiles', 'updatedAt'] as const),
]
type Changes = Pick<SupplierTaskInstancesTable, (typeof changeable)[number]>

export async function updateSupplierTaskInstance(
  trx: Transaction<V1Tables>,
  id: string,
  changes: Partial<Changes>,
) {
  await trx
    .updateTable('supplier_task_instances')
    .set(setGiven<Changes>(changeable, changes))
    .where('id', '=', id)
    .execute()
}

export async function deleteSupplierTaskInstance(trx: Transaction<V1Tables>, { id }: { id: string }) {
  await trx.deleteFrom('supplier_task_instances').where('id', '=', id).execute()
}
