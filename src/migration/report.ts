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
  sourceRows: number
  targetRows: number
  quarantined: number
  mismatched: number
}

/** A class of rows that do not fit as they are. `blocking`: no run goes on while there are any. */
export interface Issue {
  code: string
  severity: 'blocking' | 'resolved' | 'noted'
  table: string
  column?: string
  count: number
  samples: unknown[]
  resolution: string
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
  checks: Check[]
  issues: Issue[]
  mappings: SectionMapping[]
  dateChanges: unknown[]
  performance: Timing[]
  startedAt: string
  durationMs: number
}

/** What the phases of a run add to its report. */
export interface Findings {
  tables: TableResult[]
  checks: Check[]
  issues: Issue[]
  mappings: SectionMapping[]
  dateChanges: unknown[]
  performance: Timing[]
  rowsRead: number
  rowsWritten: number
}

export const noFindings = (): Findings => ({
  tables: [],
  checks: [],
  issues: [],
  mappings: [],
  dateChanges: [],
  performance: [],
  rowsRead: 0,
  rowsWritten: 0,
})

/** Failed when a check failed or an issue blocks; passed only when there is nothing to say. */
export function makeReport(findings: Findings, startedAt: number, now: number): Report {
  const { rowsRead, rowsWritten, ...parts } = findings
  const failed = findings.checks.filter(({ status }) => status === 'failed').length
  const blocking = findings.issues.filter(({ severity }) => severity === 'blocking').length
  const notes =
    findings.checks.filter(({ status }) => status === 'noted').length + findings.issues.length - blocking
  return {
    status: failed + blocking > 0 ? 'failed' : notes > 0 ? 'passed-with-notes' : 'passed',
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
