import {
  isLegacyInstance,
  isLegacySection,
  isLegacyTask,
  isLegacyTemplate,
  type LegacyNames,
} from './legacy-names.js'
import type { RowMapping } from './row-mapping.js'

/** Which rows of a target came from the legacy tables, by the mapping of the active model that it is the target of. */
const legacyRows: Readonly<Record<string, (names: LegacyNames) => (row: string) => string>> = {
  sections: () => isLegacySection,
  tasks: () => isLegacyTask,
  task_twins: () => isLegacyTask,
  templates: isLegacyTemplate,
  instances: isLegacyInstance,
}

/** The mapping of a file that has legacy tables: what came from those is not its own. */
export function besideLegacy(mapping: RowMapping, names: LegacyNames): RowMapping {
  const spares = legacyRows[mapping.name]?.(names)
  return {
    ...mapping,
    ...(spares === undefined ? {} : { spares }),
    ...(mapping.name === 'project_task_types' ? heldByLegacyTemplates(mapping, names) : {}),
  }
}

const heldByLegacyTemplates = ({ heldBy }: RowMapping, { templates }: LegacyNames): Partial<RowMapping> =>
  heldBy === undefined
    ? {}
    : {
        heldBy: {
          ...heldBy,
          table: `(SELECT projectId, taskTypeId FROM ${heldBy.table} UNION ALL SELECT projectId, taskTypeId FROM ${templates})`,
        },
      }
