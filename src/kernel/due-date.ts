import type { InstanceStatus } from './instance-status.js'

export const DAY_MS = 24 * 60 * 60 * 1000

/** What the due-date rules need to know of an instance. Instants are epoch milliseconds. */
export interface DueFields {
  status: InstanceStatus
  dueDate: number
  actualDueDate: number | null
  isApplied: boolean
}

/** `actualDueDate` is the supplier's agreed override. */
export const effectiveDueDate = (instance: Pick<DueFields, 'dueDate' | 'actualDueDate'>): number =>
  instance.actualDueDate ?? instance.dueDate

/** Open: applied, and neither completed nor cancelled. */
export const isOpen = (instance: Pick<DueFields, 'status' | 'isApplied'>): boolean =>
  instance.isApplied && instance.status !== 'completed' && instance.status !== 'cancelled'

/** Overdue: open, and effective due date < as-of. */
export const isOverdue = (instance: DueFields, asOf: number): boolean =>
  isOpen(instance) && effectiveDueDate(instance) < asOf

/** Due next 7 days: open, and as-of <= effective due date <= as-of + 7 x 24 h. */
export const isDueNext7Days = (instance: DueFields, asOf: number): boolean =>
  isOpen(instance) && effectiveDueDate(instance) >= asOf && effectiveDueDate(instance) <= asOf + 7 * DAY_MS

/**
 * What a new due date of a template did to its instances. The three add up to the template's
 * instances: an instance with an override counts as `keptOverride` whatever its status.
 */
export interface Propagation {
  updated: number
  keptOverride: number
  keptCompleted: number
}
