import { openReaderHandle, type Handle } from '../../db/database.js'
import { formatInstant } from '../../kernel/instant.js'
import type { RunEstimate, TableVolume } from '../../migration/assessment.js'
import type { Phase } from '../../migration/job.js'
import type { Findings, Issue } from '../../migration/report.js'
import { JobFailure, type Run } from '../../migration/run.js'
import { byUrgency, hidesRows } from './assess/issues.js'
import { lookAtFile } from './assess/look-at-file.js'
import { lookAtRows, type LookAtRows } from './assess/look-at-rows.js'
import { readStage, standInForMissing } from './assess/stage.js'
import type { AssessOptions } from './options.js'
import { insertNameRules } from './section-name-rules.js'
import { insertStatusRules } from './status-rules.js'
import { mappingFor } from './v1-shape.js'
import { createUpViews } from './views.js'

/**
 * Looks at one snapshot of v1 through the same mapping that will move it, and says what each row would
 * become. It has a read-only connection, whose temporary tables and views leave the file as it is.
 */
export const assess = (options: AssessOptions): Phase => ({
  name: 'assess',
  async run(run) {
    Object.assign(run.findings, await assessFile(run.path, options))
    requireNothingBlocking(run)
  },
})

/** What the views look up, where expand has not made it yet. */
const lookups = [
  'section_name_rules (id INTEGER PRIMARY KEY, taskType, category, code, name, origin)',
  'status_rules (stored, status)',
  'section_forms (id, milestoneCode, milestoneName, code, name)',
  'task_forms (id, taskName, name)',
]
/** What an assessment adds to a report. */
export type AssessmentFindings = Pick<Findings, 'issues' | 'mappings' | 'dateChanges' | 'assessment'>

/** The same for any v1 file, adopted or not: nothing is changed, and no lock is taken that keeps writers out. */
export async function assessFile(path: string, options: AssessOptions): Promise<AssessmentFindings> {
  const reader = openReaderHandle(path)
  try {
    reader.exec('BEGIN')
    const asOf = options.asOf === undefined ? Date.now() : new Date(options.asOf).getTime()
    const { issues, ...ofFile } = await lookAtFile(reader, path)
    const startedAt = performance.now()
    const rows = issues.some(hidesRows) ? noRows : lookAt(reader, options, asOf)
    const { dateForms, statuses, overrides, heldBack, mappings, dateChanges } = rows
    const estimate = estimateRun(ofFile.tables, performance.now() - startedAt)
    return {
      issues: byUrgency([...issues, ...rows.issues]),
      mappings,
      dateChanges,
      assessment: {
        asOf: formatInstant(asOf),
        ...ofFile,
        estimate,
        dateForms,
        statuses,
        overrides,
        heldBack,
      },
    }
  } finally {
    reader.close()
  }
}

function lookAt(reader: Handle, options: AssessOptions, asOf: number): LookAtRows {
  standInForMissing(reader)
  prepareViews(reader, options)
  const { statusMap = {}, onInvalidRow } = options
  return lookAtRows(reader, { mappings: mappingFor(reader), statusMap, onInvalidRow, asOf })
}

const noRows: LookAtRows = {
  issues: [],
  mappings: [],
  dateChanges: [],
  dateForms: [],
  statuses: [],
  overrides: null,
  heldBack: [],
}

function prepareViews(reader: Handle, options: AssessOptions): void {
  const hasRules = (readStage(reader) ?? 'v1') !== 'v1'
  if (!hasRules) {
    for (const table of lookups) reader.exec(`CREATE TEMP TABLE ${table}`)
    insertNameRules(reader, options)
    insertStatusRules(reader, options.statusMap ?? {})
  }
  for (const statement of createUpViews(mappingFor(reader), 'temp')) reader.exec(statement)
}

/** A migration takes 5 to 9 times as long as a look at the rows, in processor time: with 2,000 to 200,000 instances. */
const RUN_BY_LOOK = 8

function estimateRun(tables: readonly TableVolume[], lookMs: number): RunEstimate {
  const ours = tables.filter(({ kind }) => ['shared', 'active', 'legacy'].includes(kind))
  const rows = ours.reduce((sum, table) => sum + (table.rows ?? 0), 0)
  return { rows, seconds: Math.ceil((lookMs * RUN_BY_LOOK) / 1000) }
}

/** A run does not go past rows that v2 cannot hold; the report names every class of them. */
function requireNothingBlocking({ findings }: Run): void {
  const blocking = findings.issues.filter(({ severity }) => severity === 'blocking')
  if (blocking.length === 0) return
  const names = [...new Set(blocking.map(({ code }) => code))].map((code) =>
    inShort(
      code,
      blocking.filter((one) => one.code === code),
    ),
  )
  throw new JobFailure({
    code: 'blocked',
    detail: `Something does not fit and has to be mended first: ${names.join('; ')}. The report has samples, and the SQL that shows all.`,
  })
}

const PLACES = 3

/** One class, however many columns it is in: the report has each. */
function inShort(code: string, issues: readonly Issue[]): string {
  const places = [...new Set(issues.map(({ table, column }) => [table, column].filter(Boolean).join('.')))]
  const rows = issues.reduce((sum, { count }) => sum + count, 0)
  const more = places.length > PLACES ? ` and ${places.length - PLACES} more` : ''
  const where = places.filter((place) => place !== '').slice(0, PLACES)
  return `${code}${where.length === 0 ? '' : ` in ${where.join(', ')}${more}`}: ${rows}`
}
