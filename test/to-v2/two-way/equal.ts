import type { Handle } from '../../../src/db/database.js'
import { driftOfSync } from '../../../src/v1/to-v2/sync/objects.js'
import { mappingFor } from '../../../src/v1/to-v2/v1-shape.js'
import { checkDashboards } from '../../../src/v1/to-v2/validate/dashboards.js'
import { checkLineage } from '../../../src/v1/to-v2/validate/lineage.js'
import { compareRows } from '../../../src/v1/to-v2/validate/rows.js'

/** Everything by which the two schemas are not equal; nothing where they are. */
export async function differences(handle: Handle): Promise<unknown[]> {
  const mappings = mappingFor(handle)
  const found: unknown[] = [
    ...driftOfSync(handle),
    ...handle.prepare('SELECT * FROM sync_guard').all(),
    ...handle.prepare('SELECT * FROM migration_quarantine WHERE resolution IS NULL').all(),
    ...handle.prepare('SELECT * FROM pragma_foreign_key_check').all(),
  ]
  for (const mapping of mappings) {
    const { check } = await compareRows(handle, mapping, async () => undefined)
    if (check.status === 'failed') found.push(check)
  }
  const lineage = await checkLineage(handle, mappings, async () => undefined)
  if (lineage.status === 'failed') found.push(lineage)
  return found
}

/** Everything in which the dashboards of the two versions are not alike. */
export async function dashboardDifferences(handle: Handle, path: string, asOf: number): Promise<unknown[]> {
  const checks = await checkDashboards(path, mappingFor(handle), asOf)
  return checks.filter(({ status }) => status === 'failed')
}

/** What only v2 has, by table and column. */
const v2Only: Record<string, readonly string[]> = {
  v2_tasks: ['parentTaskId', 'defaultOwner', 'defaultNotes'],
  v2_project_task_templates: ['anchor', 'offsetDays'],
  v2_supplier_task_instances: ['owner', 'blockedReason'],
}

type Row = Record<string, unknown> & { id: string }
type Snapshot = ReadonlyMap<string, Row>

/** The rows of v2 with what v1 has no place for. */
export function readV2Only(handle: Handle): Snapshot {
  const rows = Object.keys(v2Only).flatMap((table) =>
    (handle.prepare(`SELECT * FROM ${table}`).all() as Row[]).map(
      (row) => [`${table}:${row.id}`, row] as const,
    ),
  )
  return new Map(rows)
}

/**
 * Values of v2's own that a write to v1 has changed though it does not concern them. It does concern the
 * reason of what is no longer blocked, and the parent of what stands in another section than its parent.
 */
export function disturbed(before: Snapshot, after: Snapshot): string[] {
  return [...before].flatMap(([key, old]) => {
    const row = after.get(key)
    if (row === undefined) return []
    const [table = ''] = key.split(':')
    return (v2Only[table] ?? [])
      .filter((column) => row[column] !== old[column] && !isConcerned(column, row, old, after))
      .map((column) => `${key}.${column}: ${String(old[column])} → ${String(row[column])}`)
  })
}

function isConcerned(column: string, row: Row, old: Row, after: Snapshot): boolean {
  if (column === 'blockedReason') return row[column] === null && row.status !== 'blocked'
  if (column !== 'parentTaskId') return false
  const parent = after.get(`v2_tasks:${String(old.parentTaskId)}`)
  // It may go on under another id.
  if (parent === undefined) return true
  return row[column] === null && (parent.sectionId !== row.sectionId || row.sectionId !== old.sectionId)
}
