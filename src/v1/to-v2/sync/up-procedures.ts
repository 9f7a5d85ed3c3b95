import { copyChanged, heldGivesWay, nameHeld, parkNames, removeGone } from '../copy-statements.js'
import { heldOf } from '../held-rows.js'
import { traceScope } from '../lineage.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { call, type Procedure } from './procedure.js'
import { recordHeld } from './record-held.js'
import { legacySectionGivesWay } from './settle-places.js'
import { giveWay, promoteMoved } from './sub-tasks.js'

/** What is done to the rows of a scope, in the order in which a trigger does it to all it concerns. */
export const steps = ['park', 'write', 'remove', 'trace', 'record'] as const
export type Step = (typeof steps)[number]

const statementsOf: Record<Step, (mapping: RowMapping) => string[]> = {
  park: parkNames,
  write: (mapping) => [
    ...(mapping.name === 'tasks' ? promoteMoved(mapping) : []),
    ...heldGivesWay(mapping),
    ...givesWay(mapping),
    copyChanged(mapping),
    ...nameHeld(mapping),
  ],
  remove: removeGone,
  trace: traceScope,
  record: (mapping) => {
    const held = heldOf(mapping)
    return held === undefined ? [] : recordHeld(held)
  },
}

function givesWay({ name, spares }: RowMapping): string[] {
  if (name === 'tasks') return [giveWay]
  return name === 'sections' && spares !== undefined ? [legacySectionGivesWay] : []
}

const nameOf = (step: Step, mapping: RowMapping) => `${step}_${mapping.name}`

/** The procedures that make v2's rows what v1's say, a few for each mapping. */
export const upProcedures = (mapping: RowMapping): Procedure[] =>
  steps.flatMap((step) => {
    const statements = statementsOf[step](mapping)
    const keys = step === 'record' ? ['id'] : mapping.scope.keys
    return statements.length === 0 ? [] : [{ name: nameOf(step, mapping), keys, statements }]
  })

/** Nothing where the mapping has no such step. */
export const callStep = (step: Step, mapping: RowMapping, select: string): string[] =>
  statementsOf[step](mapping).length === 0 ? [] : [call(nameOf(step, mapping), select)]
