import { instanceStatuses, type InstanceStatus } from './instance-status.js'

/** Counts over the applied instances of some scope. */
export interface DashboardCounts {
  instances: number
  byStatus: Record<InstanceStatus, number>
  overdue: number
  dueNext7Days: number
  blocked: number
  /** completed / instances, 0 where there are none. */
  completionRatio: number
}

/** One line of the query behind a dashboard: a scope's applied instances, counted in SQL. */
export interface DashboardCountRow {
  instances: number
  not_started: number
  in_progress: number
  completed: number
  blocked: number
  cancelled: number
  overdue: number
  dueNext7Days: number
}

const counted = ['instances', ...instanceStatuses, 'overdue', 'dueNext7Days'] as const

/** The sum of the rows, as a dashboard shows it. */
export function dashboardCounts(rows: readonly DashboardCountRow[]): DashboardCounts {
  const sum = Object.fromEntries(
    counted.map((column) => [column, rows.reduce((total, row) => total + row[column], 0)]),
  ) as Record<(typeof counted)[number], number>
  return {
    instances: sum.instances,
    byStatus: {
      not_started: sum.not_started,
      in_progress: sum.in_progress,
      completed: sum.completed,
      blocked: sum.blocked,
      cancelled: sum.cancelled,
    },
    overdue: sum.overdue,
    dueNext7Days: sum.dueNext7Days,
    blocked: sum.blocked,
    completionRatio: sum.instances === 0 ? 0 : sum.completed / sum.instances,
  }
}
