import { besideLegacy } from './beside-legacy.js'
import { legacyAssignments } from './legacy-assignments.js'
import { legacyInstances } from './legacy-instances.js'
import { legacyNames } from './legacy-names.js'
import { legacyProjectTaskTypes, legacySections, legacyTasks } from './legacy-places.js'
import { legacyTemplates } from './legacy-templates.js'
import type { RowMapping } from './row-mapping.js'
import { sections } from './sections.js'
import { taskTwins, tasks } from './tasks.js'
import { instances, projectTaskTypes, templates, type V1Shape } from './templates.js'

const legacyMappings = [
  legacyAssignments,
  legacySections,
  legacyTasks,
  legacyProjectTaskTypes,
  legacyTemplates,
  legacyInstances,
]

const made = new Map<string, readonly RowMapping[]>()

/**
 * What becomes of every table of v1's active model, and of its legacy one where the file has it: parents before
 * children. The same mapping for the same shape: what follows from it is made once, too.
 */
export function mappingOf(shape: V1Shape): readonly RowMapping[] {
  const key = `${shape.hasResponsibleParties} ${shape.legacySuffix}`
  const mapping = made.get(key) ?? makeMapping(shape)
  made.set(key, mapping)
  return mapping
}

function makeMapping(shape: V1Shape): readonly RowMapping[] {
  const active = [sections, tasks, taskTwins, projectTaskTypes, templates(shape), instances]
  if (shape.legacySuffix === undefined) return active
  const names = legacyNames(shape.legacySuffix)
  return [
    ...active.map((mapping) => besideLegacy(mapping, names)),
    ...legacyMappings.map((mapping) => mapping(names)),
  ]
}
