import type { ColumnRule, Misfit } from './column-rules.js'

/** v2 has one row for an id. */
export const isTakenId = (alias: string, active: string): Misfit => ({
  reason: 'legacy-duplicate:id',
  when: `EXISTS (SELECT 1 FROM ${active} taken WHERE taken.id = ${alias}.id)`,
})

export const also = (rule: ColumnRule, ...misfits: Misfit[]): ColumnRule => ({
  ...rule,
  misfits: [...misfits, ...rule.misfits],
})

/** The assignment of the same supplier to the same project, in the table that both versions share. */
export const pairOf = (alias: string) =>
  `(SELECT a.id FROM supplier_project_instances a WHERE a.supplierId = ${alias}.supplierId AND a.projectId = ${alias}.projectId)`
