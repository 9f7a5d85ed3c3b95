import { instanceStatuses } from '../../src/kernel/instance-status.js'
import { NOW, day, givenInstances, givenWork, type Scenario } from './scenario.js'
import type { DashboardLine } from './tracker.js'

const noneOf = { not_started: 0, in_progress: 0, completed: 0, blocked: 0, cancelled: 0 }

/** The counts of a line, without what it is the line of. */
const countsIn = ({
  instances,
  byStatus,
  overdue,
  dueNext7Days,
  blocked,
  completionRatio,
}: DashboardLine) => ({
  instances,
  byStatus,
  overdue,
  dueNext7Days,
  blocked,
  completionRatio,
})

export const dashboardScenarios: Scenario[] = [
  {
    rule: 'dashboard',
    says: 'of nothing has zeros and no lines',
    play: (tracker) => tracker.dashboard(),
    expected: {
      asOf: NOW,
      totals: {
        suppliers: 0,
        projects: 0,
        instances: 0,
        byStatus: noneOf,
        overdue: 0,
        dueNext7Days: 0,
        blocked: 0,
        completionRatio: 0,
      },
      bySupplier: [],
      byProject: [],
      bySection: [],
    },
  },
  {
    rule: 'dashboard',
    says: 'counts every status, per supplier, project and section, and each sums up to the totals',
    play: async (tracker) => {
      const { instances } = await givenInstances(tracker, '2026-03-05', instanceStatuses.length)
      for (const [index, status] of instanceStatuses.entries())
        await tracker.changeInstance(String(instances[index]), { status })
      await givenWork(tracker, { dueDates: ['2026-02-01', '2026-03-02'], suppliers: 1 })
      const { totals, bySupplier, byProject, bySection } = await tracker.dashboard()
      const sum = (lines: DashboardLine[], count: 'instances' | 'overdue' | 'dueNext7Days' | 'blocked') =>
        lines.reduce((total, line) => total + line[count], 0)
      return {
        totals: countsIn(totals),
        projects: byProject.map(countsIn),
        sections: bySection.map(countsIn),
        sums: [bySupplier, byProject, bySection].map((lines) =>
          (['instances', 'overdue', 'dueNext7Days', 'blocked'] as const).map((count) => sum(lines, count)),
        ),
      }
    },
    expected: (() => {
      const one = { ...noneOf, not_started: 1, in_progress: 1, completed: 1, blocked: 1, cancelled: 1 }
      const lines = [
        { instances: 5, byStatus: one, overdue: 0, dueNext7Days: 3, blocked: 1, completionRatio: 0.2 },
        {
          instances: 2,
          byStatus: { ...noneOf, not_started: 2 },
          overdue: 1,
          dueNext7Days: 1,
          blocked: 0,
          completionRatio: 0,
        },
      ]
      return {
        totals: {
          instances: 7,
          byStatus: { ...one, not_started: 3 },
          overdue: 1,
          dueNext7Days: 4,
          blocked: 1,
          completionRatio: 1 / 7,
        },
        projects: lines,
        sections: lines,
        sums: [0, 1, 2].map(() => [7, 1, 4, 1]),
      }
    })(),
  },
  {
    rule: 'dashboard',
    says: 'is as of the instant that is asked for, so that two can be compared',
    play: async (tracker) => {
      await givenWork(tracker, { dueDates: ['2026-03-05', '2026-04-05'], suppliers: 1 })
      const read = async (asOf?: string) => {
        const { asOf: at, totals } = await tracker.dashboard(asOf)
        return [day(at), totals.overdue, totals.dueNext7Days, totals.instances]
      }
      return [
        await read(),
        await read('2026-03-06'),
        await read('2026-04-01T12:00:00Z'),
        await read('2027-01-01'),
      ]
    },
    expected: [
      ['2026-03-01', 0, 1, 2],
      ['2026-03-06', 1, 0, 2],
      ['2026-04-01T12:00:00.000Z', 1, 1, 2],
      ['2027-01-01', 2, 0, 2],
    ],
  },
]
