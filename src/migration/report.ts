import type { Stage } from '../kernel/api-groups.js'
import type { Assessment } from './assessment.js'

/** `expected` and `actual` are what a person compares: a count, a name, a list. */
export interface Check {
  id: string
  group: string
  title: string
  status: 'passed' | 'noted' | 'failed'
  expected: unknown
  actual: unknown
  samples: unknown[]
}

export interface TableResult {
  source: string
  target: string
  /** equal + byRule + quarantined + mismatched, but for rows of v2 that v1 has no reason for. */
  sourceRows: number
  targetRows: number
  equal: number
  /** Rows of which some value is another by a stated rule: the lineage has each. */
  byRule: number
  quarantined: number
  mismatched: number
}

/** Values of v2 that are not simply v1's, counted by the rule that made them. */
export interface LineageCount {
  table: string
  column: string
  rule: string
  values: number
}

/** A class of rows that do not fit as they are. `blocking`: no run goes on while there are any. */
export interface Issue {
  code: string
  /** Which case of the class, where it has several. */
  subcase?: string
  severity: 'blocking' | 'resolved' | 'noted'
  /** Empty where the file as a whole is meant. */
  table: string
  column?: string
  count: number
  samples: unknown[]
  resolution: string
  /** Shows all of them, in any SQL console on the file; absent of what has been mended. */
  sql?: string
}

/** Instances whose due date was text: the old application never counted them, and this service does. */
export interface DateChange {
  table: string
  /** The column that holds the effective due date of these rows. */
  column: string
  before: 'not-counted'
  after: 'overdue' | 'due-next-7-days'
  count: number
  samples: unknown[]
  sql: string
}

/** Which section a milestone became, and by which rule it got its name. */
export interface SectionMapping {
  milestoneId: string
  taskType: string
  code: string
  name: string
  sectionName: string
  rule: string
}

/** How long a query takes in both versions: the best of several runs, in turns. */
export interface Timing {
  query: string
  v1Ms: number
  v2Ms: number
  ratio: number
  plan: { v1: string[]; v2: string[] }
}

/** The backup that the job has made. */
export interface BackupMade {
  id: string
  bytes: number
  rows: number
  tables: number
  files: number
  /** The ids of older ones that were kept long enough. */
  removed: string[]
}

/** Rows of a table that a restore has written; a dry run, on a copy. */
export interface RestoredTable {
  table: string
  /** `parent`, `child`: rows of a table that nobody has named, which foreign keys need, or which need them. */
  because: 'asked' | 'parent' | 'child'
  deleted: number
  inserted: number
  updated: number
  /** Keys of some of them. */
  samples: { deleted: unknown[]; inserted: unknown[]; updated: unknown[] }
}

/** What a restore has done. */
export interface Restoration {
  backupId: string
  /** When the backup was made. */
  backedUpAt: string
  bytes: number
  stage: { before: Stage; after: Stage }
  tables: RestoredTable[]
  /** Changes in the history that were made since the backup, to what was restored: they are undone. */
  undone: { subject: string; changes: number }[]
  /** For how long nobody else could write. */
  heldMs: number
}

export interface Report {
  status: 'passed' | 'passed-with-notes' | 'failed'
  summary: {
    checks: number
    failed: number
    notes: number
    rowsRead: number
    rowsWritten: number
    rowsQuarantined: number
  }
  tables: TableResult[]
  lineage: LineageCount[]
  checks: Check[]
  issues: Issue[]
  mappings: SectionMapping[]
  dateChanges: DateChange[]
  performance: Timing[]
  /** null where the job did not assess. */
  assessment: Assessment | null
  /** null where the job made none. */
  backup: BackupMade | null
  /** null where the job restored nothing. */
  restoration: Restoration | null
  startedAt: string
  durationMs: number
}

/** What the phases of a run add to its report. */
export interface Findings {
  tables: TableResult[]
  lineage: LineageCount[]
  checks: Check[]
  issues: Issue[]
  mappings: SectionMapping[]
  dateChanges: DateChange[]
  performance: Timing[]
  assessment: Assessment | null
  backup: BackupMade | null
  restoration: Restoration | null
  rowsRead: number
  rowsWritten: number
}

export const noFindings = (): Findings => ({
  tables: [],
  lineage: [],
  checks: [],
  issues: [],
  mappings: [],
  dateChanges: [],
  performance: [],
  assessment: null,
  backup: null,
  restoration: null,
  rowsRead: 0,
  rowsWritten: 0,
})

const isBlocking = ({ severity }: Findings['issues'][number]) => severity === 'blocking'

/** Whether nothing that was found fails the job. */
export const hasPassed = ({ checks, issues }: Findings): boolean =>
  !checks.some(({ status }) => status === 'failed') && !issues.some(isBlocking)

/** Failed when a check failed or an issue blocks; passed only when there is nothing to say. */
export function makeReport(findings: Findings, startedAt: number, now: number): Report {
  const { rowsRead, rowsWritten, ...parts } = findings
  const failed = findings.checks.filter(({ status }) => status === 'failed').length
  const blocking = findings.issues.filter(isBlocking).length
  const notes =
    findings.checks.filter(({ status }) => status === 'noted').length + findings.issues.length - blocking
  return {
    status: !hasPassed(findings) ? 'failed' : notes > 0 ? 'passed-with-notes' : 'passed',
    summary: {
      checks: findings.checks.length,
      failed,
      notes,
      rowsRead,
      rowsWritten,
      rowsQuarantined: findings.tables.reduce((sum, { quarantined }) => sum + quarantined, 0),
    },
    ...parts,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: now - startedAt,
  }
}
