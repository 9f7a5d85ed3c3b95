import type { Kysely } from 'kysely'
import type { DashboardCounts } from '../../kernel/dashboard.js'
import { countsIn } from '../../v2/dashboard/count-instances.js'
import { findLegacySuffix } from '../legacy/legacy-tables.js'
import type { V1Tables } from '../tables.js'
import {
  countAppliedInstances,
  countLegacyInstances,
  hasInstances,
  listMilestonesByName,
  listProjectsByName,
  listSuppliersByName,
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
  const countsOf = countsIn(await countActiveOrLegacy(db, asOf))
  const suppliers = await listSuppliersByName(db)
  const projects = await listProjectsByName(db)
  const milestones = await listMilestonesByName(db)
  return {
    asOf,
    totals: { suppliers: suppliers.length, projects: projects.length, ...countsOf('all', null) },
    bySupplier: suppliers.map(({ id, name }) => ({ supplierId: id, name, ...countsOf('supplier', id) })),
    byProject: projects.map(({ id, name }) => ({ projectId: id, name, ...countsOf('project', id) })),
    byMilestone: milestones.map(({ id, ...milestone }) => ({
      milestoneId: id,
      ...milestone,
      ...countsOf('part', id),
    })),
  }
}

async function countActiveOrLegacy(db: Kysely<V1Tables>, asOf: number) {
  const suffix = (await hasInstances(db)) ? undefined : await findLegacySuffix(db)
  return suffix === undefined ? countAppliedInstances(db, asOf) : countLegacyInstances(db, suffix, asOf)
}
