import type { Source } from './values.js'
import type { Operation } from './operations.js'
import type { World } from './world.js'

/** Where the rows are that a field means, in both versions or in one. */
const tables: Record<string, Record<string, string>> = {
  v1: {
    supplierId: 'suppliers',
    projectId: 'projects',
    taskTypeId: 'task_types',
    milestoneId: 'milestones',
    taskId: 'tasks',
    projectMilestoneTaskId: 'project_milestone_tasks',
    supplierProjectInstanceId: 'supplier_project_instances',
    supplierProjectId: 'supplier_projects_old',
    taskTemplateId: 'task_templates_old',
    'supplier-task-instances': 'supplier_task_instances',
    'task-templates': 'task_templates_old',
    'task-instances': 'task_instances_old',
  },
  v2: {
    supplierId: 'suppliers',
    projectId: 'projects',
    taskTypeId: 'task_types',
    sectionId: 'v2_task_type_sections',
    taskId: 'v2_tasks',
    parentTaskId: 'v2_tasks',
    projectTaskTemplateId: 'v2_project_task_templates',
    supplierProjectInstanceId: 'supplier_project_instances',
    'supplier-task-instances': 'v2_supplier_task_instances',
    'task-type-sections': 'v2_task_type_sections',
  },
  admin: { migrations: 'migration_jobs', jobId: 'migration_jobs', backups: 'migration_jobs' },
}

/** `suppliers` as a field would be called: `supplierId`. */
const fieldOf = (collection: string) =>
  `${collection.replace(/s$/, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`

/** The ids that the fields and parameters of an operation can have; read once, as the world is in the beginning. */
export function knownRows(world: World, operation: Operation): Source {
  const [, version = '', collection = ''] = operation.path.split('/')
  const known = new Map<string, string[]>()
  const read = (name: string): string[] => {
    const isOwn = name === 'id' || operation.path.includes(`{${name}}`)
    const table =
      tables[version]?.[name === 'id' ? collection : name] ??
      (isOwn && name === 'id' ? tables[version]?.[fieldOf(collection)] : undefined)
    return table === undefined
      ? []
      : world.rows(`select id from ${table} order by id limit 200`).map(({ id }) => String(id))
  }
  return {
    resolve: operation.resolve,
    ids: (name) => {
      const ids = known.get(name) ?? read(name)
      known.set(name, ids)
      return ids
    },
  }
}
