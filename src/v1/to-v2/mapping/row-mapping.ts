import type { ColumnRule } from './column-rules.js'

/** A row version inside a trigger. */
export type RowVersion = 'OLD' | 'NEW'

/**
 * A v1 table whose rows have a part in the mapping, and which mapped rows a change to one of them can
 * alter. Both conditions are SQL: `mapped` over the mapping's view `u`, `present` over its target `t`,
 * where rows have to be found that the view no longer has.
 */
export interface Feed {
  table: string
  mapped: (row: RowVersion) => string
  present: (row: RowVersion) => string
  /** An update matters only when one of these differs; none given: every update does. */
  columns?: readonly string[]
}

/** What the rows of one v1 source become. Everything that moves data is made from this. */
export interface RowMapping {
  /** Of the mapping, in reports and in the names of views: `tasks`, `task_twins`. */
  name: string
  /** The v1 table that the rows come from, as reports name it. */
  source: string
  target: string
  /** In words, for the documentation. */
  about: string
  /** FROM clause with the aliases that the columns use; left joins, so that an orphan is found and not lost. */
  from: string
  /** Also DISTINCT or GROUP BY, where several source rows make one target row. */
  where?: string
  groupBy?: string
  id: string
  columns: Readonly<Record<string, ColumnRule>>
  /** More columns of the view, for feeds and reports: not copied. */
  extras?: Readonly<Record<string, string>>
  /** Target columns that refer to a v2 row, and its table: rows wait until that row is there. */
  parents: Readonly<Record<string, string>>
  /** The table whose ids the backfill walks, where target ids are that table's; else it is copied in one go. */
  walks?: string
  /** What tells which row is which, where it is not the id: then the id is only the first one's. */
  key?: readonly string[]
  /** The target's other unique key. */
  unique: readonly string[]
  /** A unique column that rows of one change may hand to each other: it is set to the id first. */
  parked?: string
  /** Where rows of one change could block each other, those that satisfy this are written first. */
  firstWritten?: string
  /** A table and column of v2 that must have let go of a row before it is removed: it would take them along. */
  heldBy?: { table: string; column: string }
  /** SQL over the target that finds a row which an OR REPLACE in v1 may have deleted: no trigger tells of it. */
  replaced?: (row: RowVersion) => string
  feeds: readonly Feed[]
}

export const keyOf = (mapping: RowMapping): readonly string[] => mapping.key ?? ['id']

/** The key as a row value of the alias: `(t.id)`. */
export const keyTuple = (mapping: RowMapping, alias: string): string =>
  `(${keyOf(mapping)
    .map((column) => `${alias}.${column}`)
    .join(', ')})`

/** The rows are the source's own, one for one, under their ids. */
export const keepsIds = (mapping: RowMapping): boolean => mapping.walks === mapping.source

/** The columns that come from v1, which sync overwrites and verification compares. */
export const keptColumns = (mapping: RowMapping): string[] =>
  Object.entries(mapping.columns)
    .filter(([, rule]) => rule.keeper === 'v1')
    .map(([column]) => column)

export const viewName = (mapping: RowMapping): string => `up_${mapping.name}`
