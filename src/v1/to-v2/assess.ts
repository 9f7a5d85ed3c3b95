import { openReaderHandle, type Handle } from '../../db/database.js'
import type { Phase } from '../../migration/job.js'
import { JobFailure, type Run } from '../../migration/run.js'
import type { Issue, SectionMapping } from '../../migration/report.js'
import { readState } from '../../migration/state.js'
import { viewName, type RowMapping } from './mapping/row-mapping.js'
import { insertNameRules, type NamingOptions } from './section-name-rules.js'
import { mappingFor } from './v1-shape.js'
import { createViews } from './views.js'

const SAMPLES = 20

/**
 * Looks at one snapshot of v1 through the same mapping that will move it, and says what each row would
 * become. It has a read-only connection, whose temporary views leave the file as it is.
 */
export const assess = (options: NamingOptions): Phase => ({
  name: 'assess',
  async run(run) {
    const reader = openReaderHandle(run.path)
    try {
      prepareViews(reader, options)
      reader.exec('BEGIN')
      const mappings = mappingFor(reader)
      run.findings.mappings = sectionMappings(reader)
      run.findings.issues = [
        ...mappings.flatMap((mapping) => misfits(reader, mapping)),
        ...mappings.flatMap((mapping) => textDates(reader, mapping)),
        ...findings.flatMap((finding) => asIssue(reader, finding)),
        ...legacyRows(reader),
      ]
    } finally {
      reader.close()
    }
    requireNothingBlocking(run)
  },
})

function prepareViews(reader: Handle, options: NamingOptions): void {
  const hasRules = readState(reader).stage !== 'v1'
  if (!hasRules) {
    reader.exec(
      'CREATE TEMP TABLE section_name_rules (id INTEGER PRIMARY KEY, taskType, category, code, name, origin)',
    )
    insertNameRules(reader, options)
  }
  for (const statement of createViews(mappingFor(reader), 'temp')) reader.exec(statement)
}

/** A run does not go past rows that v2 cannot hold; the report names every class of them. */
function requireNothingBlocking({ findings }: Run): void {
  const blocking = findings.issues.filter(({ severity }) => severity === 'blocking')
  if (blocking.length === 0) return
  const names = blocking.map(
    ({ code, table, column, count }) => `${code} in ${table}.${column ?? ''}: ${count}`,
  )
  throw new JobFailure({
    code: 'blocked',
    detail: `Rows do not fit and have to be mended first: ${names.join('; ')}. The report has sample ids.`,
  })
}

function misfits(db: Handle, mapping: RowMapping): Issue[] {
  const rows = db
    .prepare(
      `SELECT misfit, count(*) AS count FROM ${viewName(mapping)} WHERE misfit IS NOT NULL GROUP BY misfit`,
    )
    .all() as { misfit: string; count: number }[]
  const samples = db
    .prepare(`SELECT id FROM ${viewName(mapping)} WHERE misfit = ? ORDER BY id LIMIT ${SAMPLES}`)
    .pluck()
  return rows.map(({ misfit, count }) => {
    const [code = misfit, column = ''] = misfit.split(':')
    return {
      code,
      severity: 'blocking',
      table: mapping.source,
      column,
      count,
      samples: samples.all(misfit),
      resolution: 'Mend these rows, then run again.',
    }
  })
}

/** Dates that are text beside dates that are numbers: the same instants, in one form. */
function textDates(db: Handle, { walks: table, columns }: RowMapping): Issue[] {
  const dates = Object.values(columns).flatMap(({ datedBy }) => datedBy ?? [])
  if (table === undefined) return []
  return dates.flatMap((column) =>
    asIssue(db, {
      code: 'mixed-date-forms',
      table,
      column,
      ids: `SELECT id FROM ${table} WHERE typeof(${column}) = 'text'`,
      resolution: 'Read as the instant that they are, and stored as epoch milliseconds in v2.',
    }),
  )
}

interface Finding {
  code: string
  table: string
  column?: string
  /** SQL that gives the ids concerned. */
  ids: string
  resolution: string
  severity?: Issue['severity']
}

const findings: readonly Finding[] = [
  {
    code: 'misfiled-template',
    table: 'project_milestone_tasks',
    column: 'milestoneId',
    ids: `SELECT p.id FROM project_milestone_tasks p JOIN tasks t ON t.id = p.taskId WHERE t.milestoneId <> p.milestoneId`,
    resolution: 'Its section gets a twin of the task, and the template points to the twin.',
  },
  {
    code: 'duplicate-section-name',
    table: 'milestones',
    column: 'name',
    ids: `SELECT id FROM up_sections WHERE rule LIKE '%told apart%'`,
    resolution: 'Told apart by the milestone’s code.',
  },
  {
    code: 'orphan',
    table: 'supplier_project_instances',
    ids: `SELECT id FROM supplier_project_instances a WHERE NOT EXISTS (SELECT 1 FROM suppliers s WHERE s.id = a.supplierId)
      OR NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = a.projectId)`,
    severity: 'blocking',
    resolution: 'Give the assignment a supplier and a project that exist, or delete it, then run again.',
  },
  {
    code: 'milestone-without-tasks',
    table: 'milestones',
    ids: `SELECT id FROM milestones m WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.milestoneId = m.id)`,
    severity: 'noted',
    resolution: 'Kept as an empty section.',
  },
]

/**
 * Legacy instances stay in the legacy tables. v1's dashboard counts them only where the active model has no
 * instance at all; then v2 would show less than v1, and the run must not go on.
 */
function legacyRows(db: Handle): Issue[] {
  const table = db
    .prepare(
      `SELECT max(name) FROM sqlite_master WHERE type = 'table' AND name IN ('task_instances', 'task_instances_old')`,
    )
    .pluck()
    .get() as string | null
  if (table === null) return []
  const isActive = db.prepare('SELECT 1 FROM supplier_task_instances LIMIT 1').get() !== undefined
  return asIssue(db, {
    code: 'legacy-rows',
    table,
    ids: `SELECT id FROM ${table}`,
    severity: isActive ? 'noted' : 'blocking',
    resolution: isActive
      ? 'History of the legacy model: it stays in its tables, and is not in v2.'
      : 'v1 counts these instances, and v2 has no place for the legacy model yet.',
  })
}

function asIssue(db: Handle, { ids, severity, ...finding }: Finding): Issue[] {
  const count = db.prepare(`SELECT count(*) FROM (${ids})`).pluck().get() as number
  if (count === 0) return []
  const samples = db.prepare(`SELECT id FROM (${ids}) ORDER BY id LIMIT ${SAMPLES}`).pluck().all()
  return [{ ...finding, severity: severity ?? 'resolved', count, samples }]
}

/** Every milestone, its section name, and the rule that gave it. */
function sectionMappings(db: Handle): SectionMapping[] {
  return db
    .prepare(
      `SELECT id AS milestoneId, coalesce(taskType, '') AS taskType, code, milestoneName AS name, name AS sectionName, rule
       FROM up_sections ORDER BY taskType, sequence, id`,
    )
    .all() as SectionMapping[]
}
