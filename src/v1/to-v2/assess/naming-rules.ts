import type { Handle } from '../../../db/database.js'
import { mappingFor } from '../v1-shape.js'
import { upSelect } from '../views.js'

const columns = ['id', 'taskType', 'category', 'code', 'name', 'origin']

/** The section name rules of this run and what they make of the milestones, for SQL that is run alone. */
export function namingRules(db: Handle): string {
  const values = columns.map((column) => `quote(${column})`).join(` || ', ' || `)
  const rules = db.prepare(`SELECT ${values} FROM section_name_rules ORDER BY id`).pluck().all() as string[]
  const rows =
    rules.length === 0
      ? `SELECT ${columns.map(() => 'NULL').join(', ')} WHERE 0`
      : `VALUES ${rules.map((rule) => `(${rule})`).join(', ')}`
  const names = mappingFor(db).filter(({ name }) => name === 'sections')
  return `WITH ${[
    `section_name_rules (${columns.join(', ')}) AS (${rows})`,
    ...noForms(db),
    ...names.flatMap(({ base }) => (base === undefined ? [] : [`${base.view} AS (${base.select})`])),
    `up_sections AS (${names.map(upSelect).join()})`,
  ].join(', ')}`
}

/** Before the first run v2 has named nothing. */
const noForms = (db: Handle) =>
  db.prepare(`SELECT 1 FROM main.sqlite_master WHERE name = 'section_forms'`).get() === undefined
    ? ['section_forms (id, milestoneCode, milestoneName, code, name) AS (SELECT 1, 1, 1, 1, 1 WHERE 0)']
    : []
