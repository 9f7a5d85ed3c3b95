import type { Check, Issue, Report } from './report.js'

const marks: Record<Check['status'], string> = { passed: 'ok', noted: 'NOTE', failed: 'FAILED' }

/** The report for a person, as Markdown tables. */
export function reportMarkdown(report: Report): string {
  const { summary } = report
  return [
    `# Report: ${report.status}`,
    '',
    `${summary.checks} checks, ${summary.failed} failed, ${summary.notes} notes. ` +
      `${summary.rowsRead} rows read, ${summary.rowsWritten} written, ${summary.rowsQuarantined} in quarantine. ` +
      `Started ${report.startedAt}, took ${(report.durationMs / 1000).toFixed(1)} s.`,
    ...section(
      'Tables',
      ['source', 'target', 'rows in v1', 'rows in v2', 'equal', 'by rule', 'quarantined', 'differing'],
      [
        ...report.tables.map((t) => [
          t.source,
          t.target,
          t.sourceRows,
          t.targetRows,
          t.equal,
          t.byRule,
          t.quarantined,
          t.mismatched,
        ]),
      ],
    ),
    ...section(
      'Values that are not simply v1’s',
      ['where', 'rule', 'values'],
      report.lineage.map(({ table, column, rule, values }) => [`${table}.${column}`, rule, values]),
    ),
    ...restored(report),
    ...section('Checks', ['', 'check', 'expected', 'actual', 'samples'], report.checks.map(checkRow)),
    ...section(
      'Issues',
      ['severity', 'what', 'where', 'rows', 'what becomes of it'],
      report.issues.map((i) => [
        i.severity,
        i.subcase === undefined ? i.code : `${i.code} (${i.subcase})`,
        placeOf(i),
        i.count,
        i.resolution,
      ]),
    ),
    ...howToSee(report),
    ...section(
      'Due dates that the old application did not count, being text',
      ['where', 'now counted as', 'rows'],
      report.dateChanges.map(({ table, column, after, count }) => [`${table}.${column}`, after, count]),
    ),
    ...section(
      'Section names that differ from the milestone’s',
      ['task type', 'code', 'milestone', 'section', 'rule'],
      report.mappings
        .filter(({ name, sectionName }) => name !== sectionName)
        .map((m) => [m.taskType, m.code, m.name, m.sectionName, m.rule]),
    ),
    ...section(
      'Times',
      ['query', 'v1 ms', 'v2 ms', 'ratio'],
      report.performance.map((p) => [p.query, p.v1Ms.toFixed(2), p.v2Ms.toFixed(2), p.ratio.toFixed(2)]),
    ),
    '',
  ].join('\n')
}

function restored({ restoration }: Report): string[] {
  if (restoration === null) return []
  const { backupId, backedUpAt, stage, tables, undone, heldMs } = restoration
  return [
    '',
    `Restored from the backup ${backupId} of ${backedUpAt}; the stage was ${stage.before} and is ${stage.after}. Writes had to wait for ${heldMs} ms.`,
    ...section(
      'Restored rows',
      ['table', 'because', 'deleted', 'inserted', 'updated'],
      tables.map((t) => [t.table, t.because, t.deleted, t.inserted, t.updated]),
    ),
    ...section(
      'Changes since the backup that are undone',
      ['of', 'changes'],
      undone.map(({ subject, changes }) => [subject, changes]),
    ),
  ]
}

const placeOf = ({ table, column }: Issue) =>
  table === '' ? 'the file' : column === undefined || column === '' ? table : `${table}.${column}`

/** For each class of rows the SQL that shows all of them. */
function howToSee({ issues }: Report): string[] {
  const lines = issues.flatMap((issue) =>
    issue.sql === undefined
      ? []
      : [
          '',
          `- ${cell(issue.code)} in ${cell(placeOf(issue))}:`,
          '',
          ...issue.sql.split('\n').map((line) => `      ${line}`),
        ],
  )
  if (lines.length === 0) return []
  return ['', '## How to see these rows', ...lines]
}

const checkRow = (check: Check) => [
  marks[check.status],
  check.title,
  JSON.stringify(check.expected),
  JSON.stringify(check.actual),
  check.samples.length === 0 ? '' : JSON.stringify(check.samples.slice(0, 3)),
]

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`
  return ['', `## ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** Users' texts must not break the table. */
const cell = (value: string | number) => String(value).replaceAll(/[\\|]/g, '\\$&').replaceAll(/\s+/g, ' ')
