import type { Kysely } from 'kysely'
import { dashboardCounts, type DashboardCountRow } from '../../kernel/dashboard.js'
import type { V2Tables } from '../tables.js'
import {
  countByAssignment,
  countByTemplate,
  listProjectNames,
  listSectionNames,
  listSupplierNames,
} from './dashboard.repository.js'

/**
 * Counts of the applied instances, over everything and by supplier, project and section. Each of these
 * is listed, whether it has any or not. Call on a snapshot.
 *
 * @param asOf epoch milliseconds: what is overdue then
 */
export async function v2Dashboard(db: Kysely<V2Tables>, asOf: number) {
  const byAssignment = await countByAssignment(db, asOf)
  const bySupplier = grouped(byAssignment, ({ supplierId }) => supplierId)
  const byProject = grouped(byAssignment, ({ projectId }) => projectId)
  const bySection = grouped(await countByTemplate(db, asOf), ({ sectionId }) => sectionId)
  const suppliers = await listSupplierNames(db)
  const projects = await listProjectNames(db)
  const sections = await listSectionNames(db)
  return {
    asOf,
    totals: { suppliers: suppliers.length, projects: projects.length, ...dashboardCounts(byAssignment) },
    bySupplier: suppliers.map((one) => ({ ...one, ...countsOf(bySupplier, one.supplierId) })),
    byProject: projects.map((one) => ({ ...one, ...countsOf(byProject, one.projectId) })),
    bySection: sections.map((one) => ({ ...one, ...countsOf(bySection, one.sectionId) })),
  }
}

const countsOf = (groups: Map<string | null, DashboardCountRow[]>, id: string) =>
  dashboardCounts(groups.get(id) ?? [])

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string | null) {
  const groups = new Map<string | null, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}
