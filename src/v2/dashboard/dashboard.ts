import type { Kysely } from 'kysely'
import type { V2Tables } from '../tables.js'
import { countsIn } from './count-instances.js'
import {
  countAppliedInstances,
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
  const countsOf = countsIn(await countAppliedInstances(db, asOf))
  const suppliers = await listSupplierNames(db)
  const projects = await listProjectNames(db)
  const sections = await listSectionNames(db)
  return {
    asOf,
    totals: { suppliers: suppliers.length, projects: projects.length, ...countsOf('all', null) },
    bySupplier: suppliers.map((one) => ({ ...one, ...countsOf('supplier', one.supplierId) })),
    byProject: projects.map((one) => ({ ...one, ...countsOf('project', one.projectId) })),
    bySection: sections.map((one) => ({ ...one, ...countsOf('part', one.sectionId) })),
  }
}
