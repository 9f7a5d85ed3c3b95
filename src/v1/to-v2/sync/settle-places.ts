import { isLegacySection, isLegacyTaskId } from '../mapping/legacy-names.js'
import { holdSectionNames } from './hold-names.js'
import { call, type Procedure } from './procedure.js'

const milestone = 'id, taskTypeId, code, name, description, sequence, isRequired, createdAt, updatedAt'
const task = 'id, milestoneId, name, description, sequence, isRequired, createdAt, updatedAt'

/**
 * The section in which legacy templates stand has no milestone, and v1 needs one for whatever else v2 puts
 * there: then it is a section like any other.
 */
export const settleSectionProcedure: Procedure = {
  name: 'settle_section',
  keys: ['id', 'taskTypeId'],
  statements: [
    `INSERT INTO milestones (${milestone}) SELECT ${milestone} FROM down_sections d WHERE d.id = NEW.id`,
    call(holdSectionNames.name, 'SELECT NEW.taskTypeId'),
    call('trace_sections', 'SELECT NEW.taskTypeId'),
  ],
}

/** @param section SQL for the id of a section that may be one of those */
export const settleSection = (section: string): string =>
  call(
    settleSectionProcedure.name,
    `SELECT n.id, n.taskTypeId FROM v2_task_type_sections n WHERE n.id = ${section} AND ${isLegacySection('n')}`,
  )

/** The same for their task, when v2 gives it a template that is none of theirs. */
export const settlePlace = (id: string): string[] => [
  settleSection(`(SELECT w.sectionId FROM v2_tasks w WHERE w.id = ${id} AND ${isLegacyTaskId(id)})`),
  `INSERT INTO tasks (${task}) SELECT ${task} FROM down_tasks d WHERE d.id = ${id} AND ${isLegacyTaskId(id)}`,
]

/** A section of v1's that takes its name has it. */
export const legacySectionGivesWay = `UPDATE v2_task_type_sections SET name = name || ' (' || id || ')'
    WHERE taskTypeId = NEW.taskTypeId AND ${isLegacySection('v2_task_type_sections')} AND EXISTS (
      SELECT 1 FROM up_sections u WHERE u.taskTypeId = NEW.taskTypeId AND u.name = v2_task_type_sections.name)`
