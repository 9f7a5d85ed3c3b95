import { isDeepStrictEqual } from 'node:util'
import type { ApiClient, Json } from './api-client.js'

export interface DashboardTotals {
  suppliers: number
  projects: number
  instances: number
  overdue: number
  dueNext7Days: number
  blocked: number
}

export interface Dashboard {
  totals: DashboardTotals
  bySupplier: Json[]
  byProject: Json[]
}

export interface DashboardComparison {
  asOf: string
  lines: number
  differences: string[]
}

/** Asks both versions for one instant's dashboard, and compares every figure in it. */
export async function compareDashboards(client: ApiClient): Promise<DashboardComparison> {
  const asOf = new Date().toISOString()
  const v1 = await client.get<Dashboard & { byMilestone: Json[] }>(`/v1/dashboard?asOf=${asOf}`)
  const v2 = await client.get<Dashboard & { bySection: Json[] }>(`/v2/dashboard?asOf=${asOf}`)
  const pairs = [
    ['totals', new Map([['', v1.totals]]), new Map([['', v2.totals]])],
    ['supplier', countsBy('supplierId', v1.bySupplier), countsBy('supplierId', v2.bySupplier)],
    ['project', countsBy('projectId', v1.byProject), countsBy('projectId', v2.byProject)],
    ['milestone and section', countsBy('milestoneId', v1.byMilestone), countsBy('sectionId', v2.bySection)],
  ] as const
  return {
    asOf,
    lines: pairs.reduce((sum, [, counts]) => sum + counts.size, 0),
    differences: pairs.flatMap(([what, inV1, inV2]) => differences(what, inV1, inV2)),
  }
}

type Counts = ReadonlyMap<string, unknown>

/** Sections of the legacy model have no milestone in v1; their instances are history, which nothing counts. */
const isEmpty = (counts: unknown) => (counts as { instances?: number } | undefined)?.instances === 0

/** A section may be called otherwise than its milestone: only counts are compared. */
const countsBy = (key: string, lines: Json[]): Map<string, unknown> =>
  new Map(
    lines.map(({ [key]: id, name: _name, code: _code, taskTypeId: _taskTypeId, ...counts }) => [
      String(id),
      counts,
    ]),
  )

const differences = (what: string, v1: Counts, v2: Counts) =>
  [...new Set([...v1.keys(), ...v2.keys()])]
    .filter(
      (id) =>
        !isDeepStrictEqual(v1.get(id), v2.get(id)) && !(v1.get(id) === undefined && isEmpty(v2.get(id))),
    )
    .map((id) => `${what} ${id}: v1 says ${JSON.stringify(v1.get(id))}, v2 ${JSON.stringify(v2.get(id))}`)
