import type { Handle } from '../../db/database.js'
import { legacySuffixOf } from '../legacy/legacy-tables.js'
import { mappingOf } from './mapping/index.js'
import type { RowMapping } from './mapping/row-mapping.js'
import type { V1Shape } from './mapping/templates.js'

export function readV1Shape(handle: Handle): V1Shape {
  const columns = handle
    .prepare(`SELECT name FROM pragma_table_info('project_milestone_tasks')`)
    .pluck()
    .all()
  const tables = handle.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all()
  return {
    hasResponsibleParties: columns.includes('responsibleParties'),
    legacySuffix: legacySuffixOf(tables as string[]),
  }
}

/** The mapping for the file at hand. */
export const mappingFor = (handle: Handle): readonly RowMapping[] => mappingOf(readV1Shape(handle))
