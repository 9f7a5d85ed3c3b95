import t from 'tap'
import { makeReport, noFindings, type Check, type Findings, type Issue } from '../../src/migration/report.js'
import { reportMarkdown } from '../../src/migration/report-markdown.js'

const check = (status: Check['status']): Check => ({
  id: status,
  group: 'g',
  title: `A check that ${status}`,
  status,
  expected: 1,
  actual: { rows: 2 },
  samples: status === 'failed' ? [{ id: 'c1' }, { id: 'c2' }, { id: 'c3' }, { id: 'c4' }] : [],
})
const issue = (severity: Issue['severity'], more: Partial<Issue> = {}): Issue => ({
  code: 'orphan',
  severity,
  table: 'tasks',
  count: 3,
  samples: [],
  resolution: 'Mend it.',
  sql: 'SELECT 1',
  ...more,
})
const table = {
  source: 'tasks',
  target: 'v2_tasks',
  sourceRows: 9,
  targetRows: 7,
  equal: 6,
  byRule: 1,
  quarantined: 2,
  mismatched: 0,
}
const reportOf = (findings: Partial<Findings>) => makeReport({ ...noFindings(), ...findings }, 1_000, 3_500)

t.test('a report', async (t) => {
  t.test('has passed when there is nothing to say', async (t) => {
    t.match(reportOf({ checks: [check('passed')] }), {
      status: 'passed',
      summary: { checks: 1, failed: 0, notes: 0 },
      startedAt: '1970-01-01T00:00:01.000Z',
      durationMs: 2_500,
    })
  })
  for (const findings of [
    { checks: [check('noted')] },
    { issues: [issue('noted')] },
    { issues: [issue('resolved')] },
  ])
    t.test(
      `has passed with notes when there is ${JSON.stringify(Object.keys(findings))} to note`,
      async (t) => {
        t.match(reportOf(findings), { status: 'passed-with-notes', summary: { failed: 0, notes: 1 } })
      },
    )
  t.test('has failed when a check failed, whatever else there is', async (t) => {
    const checks = [check('passed'), check('noted'), check('failed')]
    t.match(reportOf({ checks, issues: [issue('resolved')] }), {
      status: 'failed',
      summary: { checks: 3, failed: 1, notes: 2 },
    })
  })
  t.test('has failed when an issue blocks, which is no note', async (t) => {
    const issues = [issue('blocking'), issue('noted')]
    t.match(reportOf({ issues }), { status: 'failed', summary: { failed: 0, notes: 1 } })
  })
  t.test('adds up the rows', async (t) => {
    const summary = reportOf({ tables: [table, table], rowsRead: 5, rowsWritten: 4 }).summary
    t.match(summary, { rowsRead: 5, rowsWritten: 4, rowsQuarantined: 4 })
  })
})

t.test('a report as Markdown', async (t) => {
  const mapping = { milestoneId: 'm', taskType: 'T', code: 'PA2', rule: 'built-in rule' }
  const markdown = reportMarkdown(
    reportOf({
      tables: [table],
      checks: [check('passed'), check('noted'), check('failed')],
      issues: [
        issue('blocking', { column: 'milestoneId', subcase: 'missing', sql: `SELECT *\nFROM "a  b"` }),
        issue('noted', { column: '' }),
        issue('noted', { table: '', code: 'encoding' }),
      ],
      dateChanges: [
        {
          table: 'tasks',
          column: 'dueDate',
          before: 'not-counted',
          after: 'overdue',
          count: 7,
          samples: [],
          sql: 'SELECT 1',
        },
      ],
      mappings: [
        { ...mapping, name: 'Own | \\ name\nof two lines', sectionName: 'First Article' },
        { ...mapping, name: 'Unchanged', sectionName: 'Unchanged' },
      ],
      restoration: {
        backupId: 'b7',
        backedUpAt: '2026-03-01T00:00:00.000Z',
        stage: { before: 'migrated', after: 'expanded' },
        tables: [
          {
            table: 'tasks',
            because: 'asked',
            deleted: 1,
            inserted: 2,
            updated: 3,
            samples: { deleted: [], inserted: [], updated: [] },
          },
        ],
        undone: [{ subject: 'templates', changes: 4 }],
        heldMs: 12,
        bytes: 4096,
      },
      performance: [{ query: 'dashboard', v1Ms: 1.234, v2Ms: 2.345, ratio: 1.9, plan: { v1: [], v2: [] } }],
    }),
  )
  const lines = markdown.split('\n')

  t.test('begins with its status', async (t) => t.equal(lines[0], '# Report: failed'))
  t.test('has a line for each check, with at most three samples', async (t) => {
    t.ok(lines.includes('| ok | A check that passed | 1 | {"rows":2} |  |'))
    t.ok(lines.includes('| NOTE | A check that noted | 1 | {"rows":2} |  |'))
    t.ok(
      lines.includes(
        '| FAILED | A check that failed | 1 | {"rows":2} | [{"id":"c1"},{"id":"c2"},{"id":"c3"}] |',
      ),
    )
  })
  t.test('names the column of an issue where there is one', async (t) => {
    t.ok(lines.includes('| blocking | orphan (missing) | tasks.milestoneId | 3 | Mend it. |'))
    t.ok(lines.includes('| noted | encoding | the file | 3 | Mend it. |'))
    t.ok(lines.includes('| noted | orphan | tasks | 3 | Mend it. |'))
  })
  t.test('has the SQL of each issue as it is', async (t) => {
    t.match(markdown, `- orphan in tasks.milestoneId:\n\n      SELECT *\n      FROM "a  b"\n`)
  })
  t.test('says which due dates are counted from now on', async (t) => {
    t.ok(lines.includes('| tasks.dueDate | overdue | 7 |'))
  })
  t.test('lists only those section names that differ, and no text breaks its tables', async (t) => {
    t.ok(lines.includes('| T | PA2 | Own \\| \\\\ name of two lines | First Article | built-in rule |'))
    t.notMatch(markdown, /Unchanged/)
  })
  t.test('has the figures of tables and times', async (t) => {
    t.ok(lines.includes('| tasks | v2_tasks | 9 | 7 | 6 | 1 | 2 | 0 |'))
    t.ok(
      lines.includes('| dashboard | 1.23 | 2.35 | 1.90 |') ||
        lines.includes('| dashboard | 1.23 | 2.34 | 1.90 |'),
    )
  })
  t.test('says what a restore has changed and undone, and how long writes had to wait', async (t) => {
    t.ok(
      lines.includes(
        'Restored from the backup b7 of 2026-03-01T00:00:00.000Z; the stage was migrated and is expanded. Writes had to wait for 12 ms.',
      ),
    )
    t.ok(lines.includes('| tasks | asked | 1 | 2 | 3 |'))
    t.ok(lines.includes('| templates | 4 |'))
  })
  t.test('leaves out what there is nothing of', async (t) => {
    t.notMatch(reportMarkdown(reportOf({})), /##/)
  })
})
