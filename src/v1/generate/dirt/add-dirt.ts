import type { V1Table } from '../../../../migrations/v1-tables.js'
import { conflict } from '../../../kernel/problem.js'
import type { Maker } from '../maker.js'
import type { DirtKind, Example } from './dirt-kind.js'
import { createGround, type Table } from './ground.js'
import { relationKinds } from './relations.js'
import { textKinds } from './texts.js'
import { valueKinds } from './values.js'

const kinds: readonly DirtKind[] = [...valueKinds, ...textKinds, ...relationKinds]

/** What can be asked for: the classes of docs/awkward-rows.md. */
export const dirtClasses: readonly string[] = [...new Set(kinds.map(({ code }) => code))]

export interface DirtPlan {
  /** Which classes, or all that the file can hold. */
  classes: readonly string[] | 'all'
  /** Of the instances, over all the kinds together; at least one row of each kind. */
  percent: number
}

/** What was made of one case of a class in one column, under the names that the assessment has for them. */
export interface DirtMade {
  code: string
  subcase?: string
  table: string
  column?: string
  count: number
  ids: string[]
}

/**
 * Adds rows that do not fit, after the valid ones. Foreign keys have to be off.
 *
 * @param tables as the file declares them: a NULL is only put where it is allowed
 */
export function addDirt(
  maker: Maker,
  { classes, percent }: DirtPlan,
  { tables, instances }: { tables: readonly V1Table[]; instances: number },
): DirtMade[] {
  const chosen = kinds.filter(
    (kind) => (classes === 'all' || classes.includes(kind.code)) && fits(kind, maker, tables),
  )
  refuseNothing(classes, chosen)
  const each = Math.max(1, Math.round((instances * percent) / 100 / chosen.length))
  const ground = createGround(maker)
  const made = chosen.flatMap((kind) =>
    Array.from({ length: Math.min(each, kind.atMost ?? each) }, (_, number) =>
      kind.make(ground, number),
    ).flat(),
  )
  return gathered(made, maker.nameOf)
}

function fits({ table, column, isNull, code }: DirtKind, maker: Maker, tables: readonly V1Table[]): boolean {
  const found = tables.find(({ name }) => name === maker.nameOf(table))
  if (found === undefined) return false
  // Both models are needed for what is in both.
  if (code === 'legacy-duplicate' && !tables.some(({ name }) => name === 'milestones')) return false
  const declared = found.columns.find(([name]) => name === column)?.[1]
  if (column !== undefined && declared === undefined) return false
  return isNull !== true || declared?.includes('NOT NULL') !== true
}

function refuseNothing(classes: DirtPlan['classes'], chosen: readonly DirtKind[]): void {
  const without = classes === 'all' ? [] : classes.filter((name) => !chosen.some(({ code }) => code === name))
  if (without.length > 0)
    throw conflict('no-place-for-dirt', `A file of this shape cannot hold the classes ${without.join(', ')}.`)
}

function gathered(examples: readonly Example[], nameOf: (table: Table) => string): DirtMade[] {
  const made = new Map<string, DirtMade>()
  for (const { id, table, ...sort } of examples) {
    const key = JSON.stringify([sort.code, sort.subcase, table, sort.column])
    const one = made.get(key) ?? { ...sort, table: nameOf(table), count: 0, ids: [] }
    made.set(key, one)
    one.ids.push(id)
    one.count += 1
  }
  return [...made.values()]
}
