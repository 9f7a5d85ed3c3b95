import { Type, type Static, type TObject } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import { instantOf } from '../../db/stored-instant.js'
import type { PageRequest } from '../../http/page.js'
import { DUE, ids, times } from '../../http/examples.js'
import { Id, Named, Nullable } from '../../http/schemas.js'
import { FileId, FileInstant } from '../file-values.js'
import { equals, onPage, type Conditions } from '../../v2/list-conditions.js'
import type { V1Tables } from '../tables.js'
import { legacyTable, type LegacySuffix } from './legacy-tables.js'

const TaskTemplate = Named(
  'TaskTemplate',
  Type.Object({
    id: FileId(),
    taskTypeId: FileId(),
    projectId: FileId(),
    canonicalDue: FileInstant(),
    description: Nullable(Type.String()),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
  }),
  {
    id: 'tt-7',
    taskTypeId: ids.taskType,
    projectId: ids.project,
    canonicalDue: DUE,
    description: null,
    ...times,
  },
)

const TaskTemplateFilters = { projectId: Type.Optional(Id()), taskTypeId: Type.Optional(Id()) }

type Filters = Static<TObject<typeof TaskTemplateFilters>>

const conditions: Conditions<Filters> = { projectId: equals('projectId'), taskTypeId: equals('taskTypeId') }

const rows = (db: Kysely<V1Tables>, suffix: '_old' | '') =>
  db
    .selectFrom(legacyTable('task_templates', suffix))
    .select(['id', 'taskTypeId', 'projectId', 'description'])
    .select([
      instantOf('canonicalDue').as('canonicalDue'),
      instantOf('createdAt').as('createdAt'),
      instantOf('updatedAt').as('updatedAt'),
    ])

/** Due dates before there were milestones: one for a task type in a project. Read only. */
export const taskTemplates = (suffix: LegacySuffix) => ({
  path: 'task-templates',
  name: 'TaskTemplate',
  plural: 'TaskTemplates',
  noun: 'legacy task template',
  item: TaskTemplate,
  filters: TaskTemplateFilters,
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
