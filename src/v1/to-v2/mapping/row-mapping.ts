import type { ColumnRule } from './column-rules.js'

/** A row version inside a trigger. */
export type RowVersion = 'OLD' | 'NEW'

/**
 * Rows of a mapping that are looked at together: whenever one may have changed, all of them are compared
 * and written. `keys` tell which; in SQL, the keys of the rows in question are `NEW.<key>`.
 */
export interface Scope {
  keys: readonly string[]
  /** SQL over the mapping's view `u`: what the rows should be. */
  mapped: string
  /** The view's columns that the keys are, where they have other names there. */
  mappedKeys?: readonly string[]
  /** SQL over the target: what they are. */
  present: string
  /** The target's columns that the keys are, where they have other names there. */
  presentKeys?: readonly string[]
  /** Rows of the lineage: SQL over `rowId` for what is forgotten, and over `l.id` for those looked at. */
  traced?: { forget: string; those: string }
}

/** Rows that are looked at one by one. */
export const ownId: Scope = { keys: ['id'], mapped: 'u.id = NEW.id', present: 'id = NEW.id' }

/** A v1 table whose rows have a part in the mapping. */
export interface Feed {
  table: string
  /** What has to be done to v1's own tables before anything else, so that they agree. */
  first?: (event: 'INSERT' | 'UPDATE' | 'DELETE') => readonly string[]
  /** A SELECT of the keys of the scopes that a change to this row concerns. */
  scopes: (row: RowVersion) => string
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
  /** A view that the FROM clause reads beside v1's tables. */
  base?: { view: string; select: string }
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
  /** SQL over `parent`, of a table that both versions share: without it the row there has no place in v2. */
  wholeParents?: Readonly<Record<string, string>>
  /** The table whose ids the backfill walks, where target ids are that table's; else it is copied in one go. */
  walks?: string
  /** SQL over a row of the target, by its alias: whether the mapping is why it is there, where others have rows there too. */
  owns?: (row: string) => string
  /** The same: whether it is another mapping's, so that this one does not touch it, whatever v1 has lost. */
  spares?: (row: string) => string
  /** A row of the target that is there is left as it is. */
  onlyAdds?: true
  /** Once made, a row of the target may outlast what it was made for. */
  outlasts?: true
  /** More of the view: the source's id, where rows of the source become rows of the target under another id. */
  sourceId?: string
  /** What tells which row is which, where it is not the id: then the id is only the first one's. */
  key?: readonly string[]
  /** The target's other unique key: columns, or SQL of columns that `of` gives. */
  unique: readonly (string | ((of: (column: string) => string) => string))[]
  /** A unique column that rows of one change may hand to each other: it is set to the id first. */
  parked?: string
  /** The mapping that has rows of the target under names of its own, where it is not this one. */
  named?: string
  /** What a row must be free of before it is removed: `on` is SQL over `holder` and a row of the target. */
  heldBy?: { table: string; on: (row: string) => string }
  /** SQL over a row of the target: what `parked` is again of one that is gone from v1, and held. */
  heldName?: (row: string) => string
  /**
   * SQL over the target that finds a row which an OR REPLACE in v1 may have deleted: no trigger tells of it.
   */
  replaced?: (row: RowVersion) => string
  /** v1's form of a row that v2 has named: the table, and which of its columns hold which of v1's. */
  form?: { table: string; holds: Readonly<Record<string, string>> }
  scope: Scope
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

/** What of the mapping's source v2 does not hold goes on record row by row. */
export const isRecorded = (mapping: RowMapping): boolean =>
  keepsIds(mapping) || mapping.sourceId !== undefined

/** SQL that is true of a row of the target that the mapping may touch: `AND …`, or nothing where it may touch all. */
export const andNotSpared = ({ spares }: RowMapping, row: string): string =>
  spares === undefined ? '' : `AND NOT ${spares(row)}`

/** The columns that come from v1, which sync overwrites and verification compares. */
export const keptColumns = (mapping: RowMapping): string[] =>
  Object.entries(mapping.columns)
    .filter(([, rule]) => rule.keeper === 'v1')
    .map(([column]) => column)

export const viewName = (mapping: RowMapping): string => `up_${mapping.name}`
