/** What a supplier task instance can be. Any status may follow any other. */
export const instanceStatuses = ['not_started', 'in_progress', 'completed', 'blocked', 'cancelled'] as const

export type InstanceStatus = (typeof instanceStatuses)[number]

export interface StatusFields {
  status: InstanceStatus
  completedAt: number | null
  blockedReason: string | null
}

/** The requested change; a field left out was not asked for. */
export interface StatusChange {
  status?: InstanceStatus
  completedAt?: number | null
  blockedReason?: string | null
}

/**
 * The rules "completion" and "blocked": entering `completed` sets `completedAt` (now, unless given),
 * leaving it clears it; `blockedReason` is cleared on leaving `blocked`.
 *
 * @param now epoch milliseconds
 */
export function changeStatus(before: StatusFields, change: StatusChange, now: number): StatusFields {
  const status = change.status ?? before.status
  return {
    status,
    completedAt: completedAtAfter(before, change, status, now),
    blockedReason: status === 'blocked' ? (change.blockedReason ?? keptReason(before, change)) : null,
  }
}

function completedAtAfter(before: StatusFields, change: StatusChange, status: InstanceStatus, now: number) {
  const entering = status === 'completed' && before.status !== 'completed'
  const leaving = status !== 'completed' && before.status === 'completed'
  if (leaving) return null
  if (change.completedAt !== undefined) return change.completedAt ?? (entering ? now : null)
  return entering ? now : before.completedAt
}

const keptReason = (before: StatusFields, change: StatusChange) =>
  change.blockedReason === undefined ? before.blockedReason : null
