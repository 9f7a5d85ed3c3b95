import type { Check, Report } from '../../src/migration/report.js'
import { thousands } from '../terminal.js'
import { textTable } from './text-table.js'

/** A validation report for a person at a terminal. */
export function reportText(report: Report): string[] {
  const { summary } = report
  return [
    `Result: ${report.status}. ${summary.checks} checks, ${summary.failed} failed; ` +
      `${thousands(summary.rowsRead)} rows read, ${thousands(summary.rowsWritten)} written, ` +
      `${summary.rowsQuarantined} in quarantine.`,
    ...titled('Rows', tables(report)),
    ...titled('Restored', restored(report)),
    ...titled('Checks', checks(report)),
    ...titled('What the data is like', issues(report)),
    ...titled('Milestones whose section is called otherwise', sectionNames(report)),
    ...titled('Times in ms, the same question to both', timings(report)),
  ]
}

const titled = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]

const tables = (report: Report) =>
  textTable(
    ['v1', 'rows', 'equal', 'by rule', 'in quarantine', 'v2', 'rows', 'differing'],
    report.tables.map((t) => [
      t.source,
      t.sourceRows,
      t.equal,
      t.byRule,
      t.quarantined,
      t.target,
      t.targetRows,
      t.mismatched,
    ]),
  )

function restored({ restoration }: Report): string[] {
  if (restoration === null) return []
  const { backupId, backedUpAt, stage, tables, undone, heldMs } = restoration
  return [
    `from the backup ${backupId} of ${backedUpAt}: ${stage.before} becomes ${stage.after}, writes wait for ${heldMs} ms`,
    ...undone.map(
      ({ subject, changes }) => `${thousands(changes)} changes since then are undone: ${subject}`,
    ),
    ...textTable(
      ['table', 'because', 'deleted', 'inserted', 'updated'],
      tables
        .filter(({ deleted, inserted, updated }) => deleted + inserted + updated > 0)
        .map((t) => [t.table, t.because, t.deleted, t.inserted, t.updated]),
    ),
  ]
}

const marks: Record<Check['status'], string> = { passed: 'ok', noted: 'note', failed: 'FAILED' }

function checks(report: Report): string[] {
  return report.checks.flatMap(({ status, title, expected, actual, samples }) => [
    `${marks[status].padEnd(6)}  ${title}`,
    ...(status === 'passed'
      ? []
      : [`        expected ${JSON.stringify(expected)}, is ${JSON.stringify(actual)} ${someOf(samples)}`]),
  ])
}

const someOf = (samples: readonly unknown[]) =>
  samples.length === 0 ? '' : `, such as ${JSON.stringify(samples[0])}`

/** One line for each class of rows: most of them stand in several columns. */
function issues({ issues }: Report): string[] {
  const classes = new Map(issues.map((issue) => [`${issue.severity} ${issue.code}`, issue]))
  return [...classes.values()].map(({ severity, code, resolution }) => {
    const places = issues.filter((issue) => issue.severity === severity && issue.code === code)
    const listed = places.map(
      ({ table, column, count }) =>
        `${column === undefined ? table : `${table}.${column}`} (${thousands(count)})`,
    )
    return `${severity.padEnd(8)}  ${code}: ${listed.join(', ')}. ${resolution}`
  })
}

const sectionNames = (report: Report) =>
  textTable(
    ['task type', 'code', 'milestone', 'section', 'rule'],
    report.mappings
      .filter(({ name, sectionName }) => name !== sectionName)
      .map((m) => [m.taskType, m.code, m.name, m.sectionName, m.rule]),
  )

const timings = (report: Report) =>
  textTable(
    ['query', 'v1', 'v2', 'v2 / v1'],
    report.performance.map((p) => [p.query, p.v1Ms, p.v2Ms, p.ratio]),
  )
