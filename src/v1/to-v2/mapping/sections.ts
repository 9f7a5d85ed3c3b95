import { derived, flag, instant, integer, optionalText, reference, text } from './column-rules.js'
import type { Feed, RowMapping, RowVersion } from './row-mapping.js'

/**
 * A code without what may be written differently: case, hyphens, spaces, underscores.
 * `PA-2`, `pa_2` and `PA2` are one code.
 */
export const foldedCode = (code: string): string =>
  `upper(replace(replace(replace(${code}, '-', ''), ' ', ''), '_', ''))`

/** The id of the rule that names the section of milestone `m` in task type `tt`: the most specific, the operator's first. */
const ruleOf = (m: string, tt: string, column: string) => `(
  SELECT r.${column} FROM section_name_rules r
  WHERE r.code = ${foldedCode(`${m}.code`)}
    AND (r.taskType IS NULL OR r.taskType = ${tt}.name) AND (r.category IS NULL OR r.category = ${tt}.category)
  ORDER BY r.origin = 'operator' DESC, r.taskType IS NOT NULL DESC, r.category IS NOT NULL DESC, r.id LIMIT 1)`

const baseName = (m: string, tt: string) => `coalesce(${ruleOf(m, tt, 'name')}, ${m}.name)`

/** Every milestone of m's task type but m, with its base name. */
const others = (condition: string) => `EXISTS (
  SELECT 1 FROM milestones o LEFT JOIN task_types ot ON ot.id = o.taskTypeId
  WHERE o.taskTypeId = m.taskTypeId AND o.id <> m.id AND ${condition})`

const base = baseName('m', 'tt')
const withCode = `${base} || ' (' || m.code || ')'`
const withCodeAndId = `${base} || ' (' || m.code || ', ' || m.id || ')'`
const isShared = others(`${baseName('o', 'ot')} = ${base}`)
/** Only a name that looks like another's with its code: then the id tells them apart. */
const isTakenWithCode = others(
  `(${baseName('o', 'ot')} = ${withCode} OR ${baseName('o', 'ot')} || ' (' || o.code || ')' = ${withCode})`,
)

const sectionName = `CASE WHEN NOT ${isShared} THEN ${base} WHEN ${isTakenWithCode} THEN ${withCodeAndId} ELSE ${withCode} END`

const rule = `CASE WHEN ${ruleOf('m', 'tt', 'id')} IS NULL THEN 'own name' ELSE ${ruleOf('m', 'tt', 'origin')} || ' rule' END
  || CASE WHEN ${isShared} THEN ', told apart by code' ELSE '' END`

/** A name depends on every milestone of the task type, so all of its sections are looked at again. */
const ofTaskType = (row: RowVersion) => `taskTypeId = ${row}.taskTypeId`

const milestones: Feed = { table: 'milestones', mapped: ofTaskType, present: ofTaskType }
const taskTypes: Feed = {
  table: 'task_types',
  mapped: (row) => `taskTypeId = ${row}.id`,
  present: (row) => `taskTypeId = ${row}.id`,
  columns: ['name', 'category'],
}

export const sections: RowMapping = {
  name: 'sections',
  source: 'milestones',
  target: 'v2_task_type_sections',
  about: 'A milestone becomes a section of its task type, also when it has no tasks.',
  from: 'milestones m LEFT JOIN task_types tt ON tt.id = m.taskTypeId',
  id: 'm.id',
  columns: {
    taskTypeId: reference('m.taskTypeId', 'task_types'),
    code: text('m.code'),
    name: derived(
      sectionName,
      'by the section name rules, else m.name; told apart by m.code where two are alike',
    ),
    description: optionalText('m.description'),
    sequence: integer('m.sequence'),
    isRequired: flag('m.isRequired'),
    createdAt: instant('m.createdAt'),
    updatedAt: instant('m.updatedAt'),
  },
  extras: { milestoneName: 'm.name', taskType: 'tt.name', rule },
  parents: { taskTypeId: 'task_types' },
  walks: 'milestones',
  parked: 'name',
  replaced: ofTaskType,
  unique: ['taskTypeId', 'name'],
  feeds: [milestones, taskTypes],
}
