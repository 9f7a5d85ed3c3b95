import type { RowMapping } from './row-mapping.js'
import { sections } from './sections.js'
import { taskTwins, tasks } from './tasks.js'
import { instances, projectTaskTypes, templates, type V1Shape } from './templates.js'

/** What becomes of every table of v1's active model, parents before children. */
export const mappingOf = (shape: V1Shape): readonly RowMapping[] => [
  sections,
  tasks,
  taskTwins,
  projectTaskTypes,
  templates(shape),
  instances,
]
