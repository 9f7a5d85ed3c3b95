import { Type } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import type { PageRequest } from '../../http/page.js'
import type { AnyResource } from '../../http/resource.js'
import { Id } from '../../http/schemas.js'
import { listAllChanges } from '../history/history.repository.js'
import { Change } from '../history/history.schemas.js'
import { equals, onPage } from '../list-conditions.js'
import { templates } from '../project-task-templates/project-task-templates.routes.js'
import { ProjectTaskType } from '../project-task-types/project-task-types.schemas.js'
import { projects } from '../projects/projects.routes.js'
import { sections } from '../sections/sections.routes.js'
import { assignments } from '../supplier-project-instances/supplier-project-instances.routes.js'
import { instances } from '../supplier-task-instances/supplier-task-instances.routes.js'
import { suppliers } from '../suppliers/suppliers.routes.js'
import type { V2Tables } from '../tables.js'
import { taskTypes } from '../task-types/task-types.routes.js'
import { tasks } from '../tasks/tasks.routes.js'

/** What can be exported: its columns are the item's, its filters the list's. */
export type ExportTable = Pick<
  AnyResource<V2Tables>,
  'path' | 'plural' | 'noun' | 'item' | 'filters' | 'list'
>

const projectTaskTypes = {
  path: 'project-task-types',
  plural: 'ProjectTaskTypes',
  noun: 'project task type',
  item: ProjectTaskType,
  filters: { projectId: Type.Optional(Id()), taskTypeId: Type.Optional(Id()) },
  list: (db: Kysely<V2Tables>, page: PageRequest, filters: { projectId?: string; taskTypeId?: string }) =>
    db
      .selectFrom('v2_project_task_types')
      .selectAll()
      .where(onPage(page, { projectId: equals('projectId'), taskTypeId: equals('taskTypeId') }, filters))
      .orderBy('id')
      .limit(page.limit + 1)
      .execute(),
}

const history = {
  path: 'change-history',
  plural: 'ChangeHistory',
  noun: 'change',
  item: Change,
  filters: {},
  list: listAllChanges,
}

export const exportTables: readonly ExportTable[] = [
  suppliers,
  projects,
  taskTypes,
  sections,
  tasks,
  projectTaskTypes,
  templates,
  assignments,
  instances,
  history,
]
