import type { Check, Report } from './report.js'

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
      ['source', 'target', 'rows in v1', 'rows in v2', 'quarantined', 'differing'],
      [
        ...report.tables.map((t) => [
          t.source,
          t.target,
          t.sourceRows,
          t.targetRows,
          t.quarantined,
          t.mismatched,
        ]),
      ],
    ),
    ...section('Checks', ['', 'check', 'expected', 'actual', 'samples'], report.checks.map(checkRow)),
    ...section(
      'Issues',
      ['severity', 'what', 'where', 'rows', 'what becomes of it'],
      report.issues.map((i) => [
        i.severity,
        i.code,
        i.column === undefined || i.column === '' ? i.table : `${i.table}.${i.column}`,
        i.count,
        i.resolution,
      ]),
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
