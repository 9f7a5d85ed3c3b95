import { Type, type Static, type TObject } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import { instantOf, instantOrNullOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import { DUE, times } from '../../http/examples.js'
import { Id, Line, Named, Nullable } from '../../http/schemas.js'
import { FileId, FileInstant } from '../file-values.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import type { V1Tables } from '../tables.js'
import { legacyTable, type LegacySuffix } from './legacy-tables.js'

const TaskInstance = Named(
  'TaskInstance',
  Type.Object({
    id: FileId(),
    supplierProjectId: FileId(),
    taskTemplateId: FileId(),
    status: Type.String(),
    actualDue: FileInstant(),
    completedAt: FileInstant(),
    notes: Nullable(Type.String()),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
  }),
  {
    id: 'ti-31',
    supplierProjectId: 'sp-2',
    taskTemplateId: 'tt-7',
    status: 'completed',
    actualDue: DUE,
    completedAt: '2026-02-27T10:00:00.000Z',
    notes: null,
    ...times,
  },
)

const TaskInstanceFilters = {
  supplierProjectId: Type.Optional(Id()),
  taskTemplateId: Type.Optional(Id()),
  status: Type.Optional(Line()),
}

type Filters = Static<TObject<typeof TaskInstanceFilters>>

const conditions: Conditions<Filters> = {
  supplierProjectId: equals('supplierProjectId'),
  taskTemplateId: equals('taskTemplateId'),
  status: equals('status'),
}

const rows = (db: Kysely<V1Tables>, suffix: '_old' | '') =>
  db
    .selectFrom(legacyTable('task_instances', suffix))
    .select(['id', 'supplierProjectId', 'taskTemplateId', 'status', 'notes'])
    .select([
      instantOrNullOf('actualDue').as('actualDue'),
      instantOrNullOf('completedAt').as('completedAt'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

/** What suppliers owed before there were milestones. Read only. */
export const taskInstances = (suffix: LegacySuffix) => ({
  path: 'task-instances',
  name: 'TaskInstance',
  plural: 'TaskInstances',
  noun: 'legacy task instance',
  item: TaskInstance,
  filters: TaskInstanceFilters,
  list: async (db: Kysely<V1Tables>, page: PageRequest, filters: Filters) =>
    suffix === undefined
      ? []
      : rows(db, suffix)
          .where(onPage(page, conditions, filters))
          .orderBy('id')
          .limit(page.limit + 1)
          .execute(),
  find: async (db: Kysely<V1Tables>, id: string) =>
    suffix === undefined ? undefined : rows(db, suffix).where('id', '=', id).executeTakeFirst(),
})
