/** What a look at the database found besides rows that do not fit: how much there is, and of what kind. */
export interface Assessment {
  /** The instant that overdue and due rows were counted for. RFC 3339. */
  asOf: string
  file: FileFacts
  disk: DiskSpace
  estimate: RunEstimate
  tables: TableVolume[]
  dateForms: DateForms[]
  statuses: StatusCount[]
  overrides: OverridePatterns | null
  heldBack: HeldBack[]
}

/** A fact is null where the file is too damaged to tell it. */
export interface FileFacts {
  bytes: number
  /** What has been committed and not yet been put into the file. */
  walBytes: number
  pageSize: number | null
  freePages: number | null
  encoding: string | null
  journalMode: string | null
  /** `quick_check` looks at less: on a large file the whole check would take minutes. */
  check: 'integrity_check' | 'quick_check'
  /** What that check said, where it was not "ok"; the first lines of it. */
  damage: string[]
}

/** Beside the file, for v2's tables, the WAL and one copy of it all. */
export interface DiskSpace {
  neededBytes: number
  freeBytes: number
}

/** From the pace of the assessment itself, so that the machine and its load are in it. */
export interface RunEstimate {
  rows: number
  seconds: number
}

export interface TableVolume {
  table: string
  /** null where the table cannot be read: a virtual table whose module is not there. */
  rows: number | null
  /** `other`: none of this service's, and left alone. */
  kind: 'shared' | 'active' | 'legacy' | 'service' | 'other'
}

/** How many values of a date column have which form. */
export interface DateForms {
  table: string
  column: string
  epochMilliseconds: number
  sqliteText: number
  iso8601: number
  null: number
  /** None of the three forms, or an instant that nobody believes. */
  bad: number
}

/** What becomes of a status: `null` where nothing says. */
export interface StatusCount {
  table: string
  status: string | null
  count: number
  becomes: string | null
  by: 'as-is' | 'spelling' | 'statusMap' | null
}

/** Due dates agreed with a supplier beside the planned ones; in days after the planned one. */
export interface OverridePatterns {
  table: string
  instances: number
  overrides: number
  earlier: number
  same: number
  later: number
  spreadDays: Spread | null
  /** The 100 with the most overrides of each; `projects` and `suppliers` say how many have any. */
  projects: number
  byProject: OverrideGroup[]
  suppliers: number
  bySupplier: OverrideGroup[]
}

export interface OverrideGroup {
  id: string
  name: string
  overrides: number
  spreadDays: Spread
}

export interface Spread {
  min: number
  median: number
  max: number
}

/** Rows that would stay in v1 with `onInvalidRow: "quarantine"`: those that do not fit, and those below them. */
export interface HeldBack {
  table: string
  misfits: number
  dependants: number
}
