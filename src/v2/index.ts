import { resourceRoutes, type Context } from '../http/resource.js'
import type { App } from '../http/type-provider.js'
import { dashboardRoute } from './dashboard/dashboard.routes.js'
import { exportRoutes } from './exports/exports.routes.js'
import { historyRoutes } from './history/history.routes.js'
import { moveAnchorRoute } from './project-task-templates/move-anchor.routes.js'
import { templateRoutes } from './project-task-templates/project-task-templates.routes.js'
import { shiftDatesRoute } from './project-task-templates/shift-dates.routes.js'
import { attachTaskTypeRoute } from './project-task-types/attach-task-type.routes.js'
import { projectTaskTypeRoutes } from './project-task-types/project-task-types.routes.js'
import { projects } from './projects/projects.routes.js'
import { reportRoutes } from './reports/reports.routes.js'
import { sections, taskTypeSectionRoutes } from './sections/sections.routes.js'
import { assignmentRoutes } from './supplier-project-instances/supplier-project-instances.routes.js'
import { instanceRoutes } from './supplier-task-instances/supplier-task-instances.routes.js'
import { siblingOrderRoutes } from './sibling-order/sibling-order.routes.js'
import { filesBeside, USUAL_MAX_BYTES, type FilesConfig } from './submission-files/file-store.js'
import { submissionFileRoutes } from './submission-files/submission-files.routes.js'
import { suppliers } from './suppliers/suppliers.routes.js'
import type { V2Tables } from './tables.js'
import { taskTypeTreeRoute } from './task-type-tree/task-type-tree.routes.js'
import { taskTypes } from './task-types/task-types.routes.js'
import { tasks } from './tasks/tasks.routes.js'

/** Registers every route of /v2; the caller chooses the prefix. */
export function v2Routes(
  app: App,
  context: Context<V2Tables>,
  files: FilesConfig = { dir: filesBeside(context.db.path), maxBytes: USUAL_MAX_BYTES },
): void {
  resourceRoutes(app, context, suppliers)
  resourceRoutes(app, context, projects)
  resourceRoutes(app, context, taskTypes)
  resourceRoutes(app, context, sections)
  taskTypeSectionRoutes(app, context)
  taskTypeTreeRoute(app, context)
  resourceRoutes(app, context, tasks)
  siblingOrderRoutes(app, context)
  templateRoutes(app, context)
  attachTaskTypeRoute(app, context)
  projectTaskTypeRoutes(app, context)
  shiftDatesRoute(app, context)
  moveAnchorRoute(app, context)
  assignmentRoutes(app, context)
  instanceRoutes(app, context)
  dashboardRoute(app, context)
  reportRoutes(app, context)
  exportRoutes(app, context)
  historyRoutes(app, context)
  submissionFileRoutes(app, { ...context, files })
}
