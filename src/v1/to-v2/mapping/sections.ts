import { derived, flag, instant, integer, optionalText, reference, text } from './column-rules.js'
import { isUnsectioned } from './unsectioned.js'
import type { RowMapping } from './row-mapping.js'

/**
 * A code without what may be written differently: case, hyphens, spaces, underscores.
 * `PA-2`, `pa_2` and `PA2` are one code.
 */
export const foldedCode = (code: string): string =>
  `upper(replace(replace(replace(${code}, '-', ''), ' ', ''), '_', ''))`

/** The rule that names the section of milestone `m` in task type `tt`: the most specific, the operator's first. */
const ruleOf = `(
  SELECT r.id FROM section_name_rules r
  WHERE r.code = ${foldedCode('m.code')}
    AND (r.taskType IS NULL OR r.taskType = tt.name) AND (r.category IS NULL OR r.category = tt.category)
  ORDER BY r.origin = 'operator' DESC, r.taskType IS NOT NULL DESC, r.category IS NOT NULL DESC, r.id LIMIT 1)`

/**
 * The name that each milestone would give its section if no other had it. What v2 has named keeps that
 * name: `f` is its form, all NULL where there is none.
 */
const base = {
  view: 'section_bases',
  select: `SELECT m.id, m.taskTypeId, m.code, coalesce(f.name, rule.name, m.name) AS name,
      f.name IS NOT NULL AS isNamed, f.code AS codeInV2, rule.origin AS rule, tt.name AS taskType
    FROM milestones m LEFT JOIN task_types tt ON tt.id = m.taskTypeId
    LEFT JOIN section_forms f ON f.id = m.id AND f.milestoneCode IS m.code AND f.milestoneName IS m.name
    LEFT JOIN section_name_rules rule ON rule.id = ${ruleOf}
    WHERE NOT ${isUnsectioned('m.id')}`,
}

/** Some other milestone of m's task type, with its base name. */
const another = (condition: string) => `EXISTS (
  SELECT 1 FROM section_bases o WHERE o.taskTypeId = b.taskTypeId AND o.id <> b.id AND ${condition})`

const withCode = `b.name || ' (' || b.code || ')'`
const withCodeAndId = `b.name || ' (' || b.code || ', ' || b.id || ')'`
const isShared = another('o.name = b.name')
/** Only a name that looks like another's with its code: then the id tells them apart. */
const isTakenWithCode = another(`${withCode} IN (o.name, o.name || ' (' || o.code || ')')`)

const sectionName = `CASE WHEN b.isNamed OR NOT ${isShared} THEN b.name
  WHEN ${isTakenWithCode} THEN ${withCodeAndId} ELSE ${withCode} END`

const rule = `CASE WHEN b.isNamed THEN 'named in v2' WHEN b.rule IS NULL THEN 'own name' ELSE b.rule || ' rule' END
  || CASE WHEN NOT b.isNamed AND ${isShared} THEN ', told apart by code' ELSE '' END`

export const sections: RowMapping = {
  name: 'sections',
  source: 'milestones',
  target: 'v2_task_type_sections',
  about: 'A milestone becomes a section of its task type, also when it has no tasks.',
  base,
  from: 'milestones m JOIN section_bases b ON b.id = m.id',
  id: 'm.id',
  columns: {
    taskTypeId: reference('m.taskTypeId', 'task_types'),
    code: {
      ...text('m.code'),
      sql: 'CASE WHEN b.isNamed THEN b.codeInV2 ELSE m.code END',
    },
    name: {
      ...derived(
        sectionName,
        'by the section name rules, else m.name; told apart by m.code where two are alike',
      ),
      misfits: [{ reason: 'missing-required:name', when: `typeof(${sectionName}) IS NOT 'text'` }],
      deviates: [{ rule, when: `${sectionName} IS NOT m.name`, original: 'm.name' }],
    },
    description: optionalText('m.description'),
    sequence: integer('m.sequence'),
    isRequired: flag('m.isRequired'),
    createdAt: instant('m.createdAt'),
    updatedAt: instant('m.updatedAt'),
  },
  extras: { milestoneName: 'm.name', taskType: 'b.taskType', rule },
  parents: { taskTypeId: 'task_types' },
  walks: 'milestones',
  parked: 'name',
  replaced: (row) => `taskTypeId = ${row}.taskTypeId`,
  form: { table: 'section_forms', holds: { milestoneCode: 'code', milestoneName: 'name' } },
  unique: ['taskTypeId', 'name'],
  // A name depends on every milestone of the task type.
  scope: {
    keys: ['taskTypeId'],
    mapped: 'u.taskTypeId = NEW.taskTypeId',
    present: 'taskTypeId = NEW.taskTypeId',
    traced: {
      forget: 'rowId NOT IN (SELECT m.id FROM milestones m WHERE m.taskTypeId IS NOT NEW.taskTypeId)',
      those: 'l.id IN (SELECT m.id FROM milestones m WHERE m.taskTypeId = NEW.taskTypeId)',
    },
  },
  feeds: [
    { table: 'milestones', scopes: (row) => `SELECT ${row}.taskTypeId` },
    { table: 'task_types', scopes: (row) => `SELECT ${row}.id`, columns: ['id', 'name', 'category'] },
  ],
}
