import type { V1Tables } from '../../tables.js'
import type { V2Tables } from '../../../v2/tables.js'
import { isDeepStrictEqual } from 'node:util'
import { kyselyOver, openReaderHandle, underSchema } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import { v2Dashboard } from '../../../v2/dashboard/dashboard.js'
import { v1Dashboard } from '../../dashboard/v1-dashboard.js'
import { noneOf } from './integrity.js'

interface Compared {
  key: string
  counts: object
}

/** Both dashboards at one instant and on one snapshot: totals, and line by line. */
export async function checkDashboards(path: string, asOf: number): Promise<Check[]> {
  const db = kyselyOver<unknown>(openReaderHandle(path), async (handle) => void handle.exec('BEGIN'))
  try {
    return await db.transaction().execute(async (trx) => {
      const v1 = await v1Dashboard(underSchema<V1Tables, unknown>(trx), asOf)
      const v2 = await v2Dashboard(underSchema<V2Tables, unknown>(trx), asOf)
      return [
        compared('totals', [{ key: 'totals', counts: v1.totals }], [{ key: 'totals', counts: v2.totals }]),
        compared('supplier', v1.bySupplier.map(bySupplier), v2.bySupplier.map(bySupplier)),
        compared('project', v1.byProject.map(byProject), v2.byProject.map(byProject)),
        compared(
          'section',
          // A section's name is by rule; the rows' check knows it.
          v1.byMilestone.map(({ milestoneId, code: _code, name: _name, ...counts }) => ({
            key: milestoneId,
            counts,
          })),
          v2.bySection.map(({ sectionId, name: _name, ...counts }) => ({ key: sectionId, counts })),
        ),
      ]
    })
  } finally {
    await db.destroy()
  }
}

const bySupplier = ({ supplierId, ...counts }: { supplierId: string }): Compared => ({
  key: supplierId,
  counts,
})
const byProject = ({ projectId, ...counts }: { projectId: string }): Compared => ({ key: projectId, counts })

function compared(scope: string, v1: readonly Compared[], v2: readonly Compared[]): Check {
  const expected = new Map(v1.map(({ key, counts }) => [key, counts]))
  const actual = new Map(v2.map(({ key, counts }) => [key, counts]))
  const differing = [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((key) => !isDeepStrictEqual(expected.get(key), actual.get(key)))
    .map((key) => ({ id: key, expected: expected.get(key) ?? null, actual: actual.get(key) ?? null }))
  const title =
    scope === 'totals'
      ? 'The dashboards have the same totals'
      : `The dashboards agree for every ${scope} (${expected.size})`
  return noneOf(`dashboard-${scope}`, 'dashboards', title, differing)
}
