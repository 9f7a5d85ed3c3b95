import type { Handle } from '../../../db/database.js'
import type { Assessment } from '../../../migration/assessment.js'
import type { DateChange, Issue, SectionMapping } from '../../../migration/report.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import type { StatusMap } from '../status-rules.js'
import { countDateForms } from './date-forms.js'
import { presentTables, type FileTable } from './file-tables.js'
import type { OnInvalidRow } from './issues.js'
import { overridePatterns } from './overrides.js'
import { assessRows } from './rows.js'
import { countStatuses } from './statuses.js'

export interface LookAtRows extends Pick<Assessment, 'dateForms' | 'statuses' | 'overrides' | 'heldBack'> {
  issues: Issue[]
  dateChanges: DateChange[]
  mappings: SectionMapping[]
}

/** What there is to say of the rows. The mappings' views must be there. */
export function lookAtRows(
  db: Handle,
  asked: { mappings: readonly RowMapping[]; statusMap: StatusMap; onInvalidRow: OnInvalidRow; asOf: number },
): LookAtRows {
  const tables = presentTables(db)
  const counted = countedLegacyTable(db, tables)
  const countsLegacy = counted !== undefined
  const rows = assessRows(db, { ...asked, countsLegacy })
  return {
    ...rows,
    mappings: sectionMappings(db),
    dateForms: countDateForms(db, tables, rows.issues),
    statuses: countStatuses(db, tables, asked.statusMap),
    overrides: overridePatterns(db, counted?.replace('task_instances', '')),
  }
}

/** v1's dashboard counts the legacy instances where the active model has none at all. */
function countedLegacyTable(db: Handle, tables: readonly FileTable[]): string | undefined {
  if (db.prepare('SELECT 1 FROM supplier_task_instances LIMIT 1').get() !== undefined) return undefined
  return tables.find(({ name }) => name.startsWith('task_instances'))?.name
}

/** Every milestone, its section name, and the rule that gave it. */
const sectionMappings = (db: Handle): SectionMapping[] =>
  db
    .prepare(
      `SELECT id AS milestoneId, coalesce(taskType, '') AS taskType, coalesce(code, '') AS code,
         coalesce(milestoneName, '') AS name, coalesce(name, '') AS sectionName, rule
       FROM up_sections ORDER BY taskType, sequence, id`,
    )
    .all() as SectionMapping[]
