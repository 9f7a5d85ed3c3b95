import type { StoredValue } from '../row-writer.js'
import type { Ground, Table } from './ground.js'

/** What a row is an example of, as the assessment names it. */
export interface Sort {
  code: string
  subcase?: string
  table: Table
  column?: string
}

/** A way to make rows that do not fit. */
export interface DirtKind extends Sort {
  /** Only where the file's column takes NULL. */
  isNull?: true
  /** Where more of them would tell nothing more. */
  atMost?: number
  /** Makes the example of this number; and says of each row that it made awkward what it is. */
  make: (ground: Ground, number: number) => readonly Example[]
}

export interface Example extends Sort {
  id: string
}

type Damage = Readonly<Record<string, StoredValue>>

/** Rows that are valid but for what is done to them: each number its own of the damages, in turn. */
export const damaged = (
  sort: Sort,
  damages: readonly Damage[] | ((number: number) => Damage),
  more: Pick<DirtKind, 'isNull' | 'atMost'> = {},
): DirtKind => ({
  ...sort,
  ...more,
  make: (ground, number) => {
    const id = ground.row(sort.table)
    const damage = typeof damages === 'function' ? damages(number) : damages[number % damages.length]
    ground.change(sort.table, id, damage ?? {})
    return [{ ...sort, id: typeof damage?.id === 'string' ? damage.id : id }]
  },
})
