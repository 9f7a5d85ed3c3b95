import { readRoutes, resourceRoutes, withSchema, type Context } from '../http/resource.js'
import type { App } from '../http/type-provider.js'
import { projects } from '../v2/projects/projects.routes.js'
import { suppliers } from '../v2/suppliers/suppliers.routes.js'
import type { V2Tables } from '../v2/tables.js'
import { taskTypes } from '../v2/task-types/task-types.routes.js'
import { dashboardRoute } from './dashboard/dashboard.routes.js'
import { asInFile } from './file-values.js'
import type { LegacySuffix } from './legacy/legacy-tables.js'
import { taskInstances } from './legacy/task-instances.js'
import { taskTemplates } from './legacy/task-templates.js'
import { milestones } from './milestones/milestones.routes.js'
import { projectMilestoneTaskRoutes } from './project-milestone-tasks/project-milestone-tasks.routes.js'
import { shiftDatesRoute } from './project-milestone-tasks/shift-dates.routes.js'
import { supplierProjectInstanceRoutes } from './supplier-project-instances/supplier-project-instances.routes.js'
import { supplierTaskInstances } from './supplier-task-instances/supplier-task-instances.routes.js'
import type { V1Tables } from './tables.js'
import { tasks } from './tasks/tasks.routes.js'

/** What differs from one v1 file to the next. */
export interface FileTraits {
  /** Whether project_milestone_tasks has that column. */
  hasResponsibleParties: boolean
  legacySuffix: LegacySuffix
}

/** Registers every route of /v1; the caller chooses the prefix. */
export function v1Routes(app: App, context: Context<V1Tables>, traits: FileTraits): void {
  const shared = withSchema<V2Tables, V1Tables>(context)
  resourceRoutes(app, shared, asInFile(suppliers))
  resourceRoutes(app, shared, asInFile(projects))
  resourceRoutes(app, shared, asInFile(taskTypes))
  resourceRoutes(app, context, milestones)
  resourceRoutes(app, context, tasks)
  projectMilestoneTaskRoutes(app, context, traits.hasResponsibleParties)
  shiftDatesRoute(app, context)
  supplierProjectInstanceRoutes(app, context)
  resourceRoutes(app, context, supplierTaskInstances)
  dashboardRoute(app, context)
  readRoutes(app, context, taskTemplates(traits.legacySuffix))
  readRoutes(app, context, taskInstances(traits.legacySuffix))
}
