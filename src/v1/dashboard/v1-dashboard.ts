import type { Kysely } from 'kysely'
import { dashboardCounts, type DashboardCounts } from '../../kernel/dashboard.js'
import { findLegacySuffix, legacyTable } from '../legacy/legacy-tables.js'
import type { V1Tables } from '../tables.js'
import {
  countInstancesBy,
  countLegacyInstances,
  hasInstances,
  listAssignments,
  listMilestoneOfTemplates,
  listMilestonesByName,
  listProjectsByName,
  listSuppliersByName,
  type ParentCounts,
} from './dashboard.repository.js'

export interface V1Dashboard {
  /** Epoch milliseconds. */
  asOf: number
  totals: DashboardCounts & { suppliers: number; projects: number }
  bySupplier: (DashboardCounts & { supplierId: string; name: string })[]
  byProject: (DashboardCounts & { projectId: string; name: string })[]
  byMilestone: (DashboardCounts & { milestoneId: string; code: string; name: string; taskTypeId: string })[]
}

/**
 * v1's dashboard: every supplier, project and milestone, by name. It counts applied instances; a status
 * that is none of the five counts in `instances` alone. Legacy instances count where the active model
 * has none at all, and then under no milestone.
 *
 * Several queries: pass a transaction, so that they see one state.
 */
export async function v1Dashboard(db: Kysely<V1Tables>, asOf: number): Promise<V1Dashboard> {
  const { all, ofSupplier, ofProject } = await countByAssignment(db, asOf)
  const ofMilestone = await countByMilestone(db, asOf)
  const suppliers = await listSuppliersByName(db)
  const projects = await listProjectsByName(db)
  const milestones = await listMilestonesByName(db)
  return {
    asOf,
    totals: { suppliers: suppliers.length, projects: projects.length, ...dashboardCounts(all) },
    bySupplier: suppliers.map(({ id, name }) => ({ supplierId: id, name, ...ofSupplier(id) })),
    byProject: projects.map(({ id, name }) => ({ projectId: id, name, ...ofProject(id) })),
    byMilestone: milestones.map(({ id, ...milestone }) => ({
      milestoneId: id,
      ...milestone,
      ...ofMilestone(id),
    })),
  }
}

async function countByAssignment(db: Kysely<V1Tables>, asOf: number) {
  const { all, assignments } = await countAssignments(db, asOf)
  return {
    all,
    ofSupplier: summed(all, new Map(assignments.map(({ id, supplierId }) => [id, supplierId]))),
    ofProject: summed(all, new Map(assignments.map(({ id, projectId }) => [id, projectId]))),
  }
}

async function countAssignments(db: Kysely<V1Tables>, asOf: number) {
  const suffix = (await hasInstances(db)) ? undefined : await findLegacySuffix(db)
  if (suffix !== undefined)
    return {
      all: await countLegacyInstances(db, suffix, asOf),
      assignments: await listAssignments(db, legacyTable('supplier_projects', suffix)),
    }
  return {
    all: await countInstancesBy(db, 'supplierProjectInstanceId', asOf),
    assignments: await listAssignments(db, 'supplier_project_instances'),
  }
}

async function countByMilestone(db: Kysely<V1Tables>, asOf: number) {
  const templates = await listMilestoneOfTemplates(db)
  const counts = await countInstancesBy(db, 'projectMilestoneTaskId', asOf)
  return summed(counts, new Map(templates.map(({ id, milestoneId }) => [id, milestoneId])))
}

/** The counts of each scope, summed over the parents in it; zeros for a scope without any. */
function summed(counts: readonly ParentCounts[], scopeOf: ReadonlyMap<string, string>) {
  const scopes = new Map<string | undefined, ParentCounts[]>()
  for (const row of counts) {
    const scope = scopeOf.get(row.parentId)
    const rows = scopes.get(scope)
    if (rows === undefined) scopes.set(scope, [row])
    else rows.push(row)
  }
  return (scope: string) => dashboardCounts(scopes.get(scope) ?? [])
}
