import { storedInstant } from '../../../db/stored-instant.js'
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../../kernel/instant.js'
import type { Misfit } from '../mapping/column-rules.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import type { RowKind } from './catalogue.js'
import type { RowClass, RowSource } from './row-class.js'

type Cases = RowClass<RowKind>['cases']

/** The reasons of a mapping as classes: which rows do not fit is the mapping's word, and which case of it is told here. */
export const misfitClasses = ({ id, columns }: RowMapping, source: RowSource): RowClass<RowKind>[] =>
  classesOfMisfits([idMisfit(id), ...Object.values(columns).flatMap(({ misfits }) => misfits)], source)

/** v2's ids are text, and the backfill walks from the empty one. */
export const idMisfit = (id: string): Misfit => ({
  reason: 'wrong-type:id',
  when: `typeof(${id}) IS NOT 'text' OR ${id} = ''`,
})

export const classesOfMisfits = (misfits: readonly Misfit[], { alias }: RowSource): RowClass<RowKind>[] =>
  misfits.flatMap(({ reason, when }) => {
    const [code = '', column = ''] = reason.split(':')
    if (toldElsewhere.includes(code)) return []
    const cases = casesOf[code]?.(`${alias}.${column}`)
    if (cases === undefined) throw new Error(`The assessment does not know the misfit ${reason}.`)
    return [{ column, when, cases }]
  })

/** What becomes of a status is statusMap's word too, and a section may have a name of which its milestone has none. */
const toldElsewhere = ['invalid-status', 'missing-required', 'misfiled-template', 'legacy-duplicate']

const nullOr = (value: string, ifNull: RowKind, otherwise: RowKind): Cases => [
  { kind: ifNull, when: `${value} IS NULL` },
  { kind: otherwise },
]

const casesOf: Readonly<Record<string, (value: string) => Cases>> = {
  orphan: (value) => nullOr(value, 'orphan/null', 'orphan/missing'),
  'bad-date': (value) => [
    { kind: 'bad-date/null', when: `${value} IS NULL` },
    { kind: 'bad-date/before-1990', when: `${storedInstant(value)} < ${EARLIEST_INSTANT}` },
    { kind: 'bad-date/after-2100', when: `${storedInstant(value)} > ${LATEST_INSTANT}` },
    { kind: 'bad-date/unreadable' },
  ],
  'odd-boolean': (value) => nullOr(value, 'odd-boolean/null', 'odd-boolean/other'),
  'wrong-type': (value) => nullOr(value, 'missing-required/null', 'wrong-type'),
}
