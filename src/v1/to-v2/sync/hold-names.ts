import type { Procedure } from './procedure.js'

/**
 * A name given in v2 changes no other section's: what v1's rules would now say otherwise is held as it is,
 * in a form that stands as long as v1's own code and name do. Names that were told apart are held with it:
 * each depends on the others. What does not fit stays in v2 as it is without that.
 */
export const holdSectionNames: Procedure = {
  name: 'hold_section_names',
  keys: ['taskTypeId'],
  statements: [
    `INSERT INTO section_forms (id, milestoneCode, milestoneName, code, name)
    SELECT m.id, m.code, m.name, n.code, n.name FROM v2_task_type_sections n
    JOIN milestones m ON m.id = n.id JOIN section_bases b ON b.id = n.id JOIN up_sections u ON u.id = n.id
    WHERE n.taskTypeId = NEW.taskTypeId AND u.misfit IS NULL AND (u.name IS NOT n.name OR u.code IS NOT n.code OR b.name IS NOT n.name)
    ON CONFLICT (id) DO UPDATE SET milestoneCode = excluded.milestoneCode, milestoneName = excluded.milestoneName,
      code = excluded.code, name = excluded.name`,
  ],
}

/** The same for a task whose name was taken in its milestone. */
export const holdTaskName: Procedure = {
  name: 'hold_task_name',
  keys: ['id'],
  statements: [
    `INSERT INTO task_forms (id, taskName, name) SELECT t.id, t.name, n.name
    FROM v2_tasks n JOIN tasks t ON t.id = n.id JOIN up_tasks u ON u.id = n.id
    WHERE n.id = NEW.id AND u.misfit IS NULL AND u.name IS NOT n.name
    ON CONFLICT (id) DO UPDATE SET taskName = excluded.taskName, name = excluded.name`,
  ],
}
