/**
 * v1's tables as the original application's Prisma made them, statement for statement. The names of
 * tables, columns and indexes are its own: it goes on working on a file in which these were added.
 */
export interface V1Table {
  name: string
  /** Columns in order: name and declaration. */
  columns: readonly (readonly [string, string])[]
  /** Column → the table that it refers to. */
  references: Readonly<Record<string, string>>
  indexes: readonly string[]
  uniques: readonly (readonly string[])[]
}

const id = ['id', 'TEXT NOT NULL PRIMARY KEY'] as const
const createdAt = ['createdAt', 'DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP'] as const
const updatedAt = ['updatedAt', 'DATETIME NOT NULL'] as const
const text = (column: string) => [column, 'TEXT NOT NULL'] as const
const optionalText = (column: string) => [column, 'TEXT'] as const
const flag = (column: string) => [column, 'BOOLEAN NOT NULL DEFAULT true'] as const

export const sharedTables: readonly V1Table[] = [
  {
    name: 'suppliers',
    columns: [
      id,
      text('name'),
      optionalText('supplierNumber'),
      optionalText('location'),
      optionalText('contacts'),
      text('contactInfo'),
      createdAt,
      updatedAt,
    ],
    references: {},
    uniques: [['name'], ['supplierNumber']],
    indexes: ['name', 'supplierNumber', 'updatedAt'],
  },
  {
    name: 'projects',
    columns: [id, text('name'), optionalText('description'), createdAt, updatedAt],
    references: {},
    uniques: [['name']],
    indexes: ['name', 'updatedAt'],
  },
  {
    name: 'task_types',
    columns: [id, text('name'), text('category'), optionalText('description'), createdAt, updatedAt],
    references: {},
    uniques: [['name']],
    indexes: ['category', 'name'],
  },
]

export const activeTables: readonly V1Table[] = [
  {
    name: 'milestones',
    columns: [
      id,
      text('taskTypeId'),
      text('code'),
      text('name'),
      optionalText('description'),
      ['sequence', 'INTEGER NOT NULL'],
      flag('isRequired'),
      createdAt,
      updatedAt,
    ],
    references: { taskTypeId: 'task_types' },
    indexes: ['taskTypeId', 'code', 'sequence'],
    uniques: [['taskTypeId', 'code']],
  },
  {
    name: 'tasks',
    columns: [
      id,
      text('milestoneId'),
      text('name'),
      optionalText('description'),
      ['sequence', 'INTEGER NOT NULL'],
      flag('isRequired'),
      createdAt,
      updatedAt,
    ],
    references: { milestoneId: 'milestones' },
    indexes: ['milestoneId', 'name', 'sequence'],
    uniques: [['milestoneId', 'name']],
  },
  {
    name: 'project_milestone_tasks',
    columns: [
      id,
      text('projectId'),
      text('milestoneId'),
      text('taskId'),
      ['dueDate', 'DATETIME NOT NULL'],
      flag('isActive'),
      optionalText('notes'),
      createdAt,
      updatedAt,
    ],
    references: { projectId: 'projects', milestoneId: 'milestones', taskId: 'tasks' },
    indexes: ['projectId', 'milestoneId', 'taskId', 'dueDate', 'projectId_dueDate'],
    uniques: [['projectId', 'milestoneId', 'taskId']],
  },
  {
    name: 'supplier_project_instances',
    columns: [
      id,
      text('supplierId'),
      text('projectId'),
      ['status', `TEXT NOT NULL DEFAULT 'active'`],
      ['assignedAt', 'DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP'],
      createdAt,
      updatedAt,
    ],
    references: { supplierId: 'suppliers', projectId: 'projects' },
    indexes: ['supplierId', 'projectId', 'status', 'assignedAt'],
    uniques: [['supplierId', 'projectId']],
  },
  {
    name: 'supplier_task_instances',
    columns: [
      id,
      text('supplierProjectInstanceId'),
      text('projectMilestoneTaskId'),
      ['status', `TEXT NOT NULL DEFAULT 'not_started'`],
      ['dueDate', 'DATETIME NOT NULL'],
      ['actualDueDate', 'DATETIME'],
      flag('isApplied'),
      ['completedAt', 'DATETIME'],
      optionalText('notes'),
      optionalText('submissionFiles'),
      createdAt,
      updatedAt,
    ],
    references: {
      supplierProjectInstanceId: 'supplier_project_instances',
      projectMilestoneTaskId: 'project_milestone_tasks',
    },
    indexes: [
      'status',
      'dueDate',
      'actualDueDate',
      'supplierProjectInstanceId',
      'projectMilestoneTaskId',
      'isApplied',
      'status_dueDate',
      'supplierProjectInstanceId_status',
      'supplierProjectInstanceId_isApplied',
      'updatedAt',
      'completedAt',
    ],
    uniques: [['supplierProjectInstanceId', 'projectMilestoneTaskId']],
  },
]

/** @param suffix `_old` where the file is of the newer generation, else empty */
export const legacyTables = (suffix: '_old' | ''): readonly V1Table[] => [
  {
    name: `supplier_projects${suffix}`,
    columns: [
      id,
      text('supplierId'),
      text('projectId'),
      ['assignedAt', 'DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP'],
      ['status', `TEXT NOT NULL DEFAULT 'active'`],
    ],
    references: { supplierId: 'suppliers', projectId: 'projects' },
    indexes: suffix === '' ? [] : ['supplierId', 'projectId', 'status', 'assignedAt'],
    uniques: [['supplierId', 'projectId']],
  },
  {
    name: `task_templates${suffix}`,
    columns: [
      id,
      text('taskTypeId'),
      text('projectId'),
      ['canonicalDue', 'DATETIME NOT NULL'],
      optionalText('description'),
      createdAt,
      updatedAt,
    ],
    references: { taskTypeId: 'task_types', projectId: 'projects' },
    indexes: suffix === '' ? [] : ['projectId', 'taskTypeId', 'canonicalDue', 'projectId_canonicalDue'],
    uniques: [['taskTypeId', 'projectId']],
  },
  {
    name: `task_instances${suffix}`,
    columns: [
      id,
      text('supplierProjectId'),
      text('taskTemplateId'),
      ['status', `TEXT NOT NULL DEFAULT 'not_started'`],
      ['actualDue', 'DATETIME'],
      ['completedAt', 'DATETIME'],
      optionalText('notes'),
      createdAt,
      updatedAt,
    ],
    references: {
      supplierProjectId: `supplier_projects${suffix}`,
      taskTemplateId: `task_templates${suffix}`,
    },
    indexes:
      suffix === ''
        ? []
        : [
            'status',
            'actualDue',
            'supplierProjectId',
            'taskTemplateId',
            'status_actualDue',
            'supplierProjectId_status',
            'updatedAt',
            'completedAt',
          ],
    uniques: [['supplierProjectId', 'taskTemplateId']],
  },
]

const byName: ReadonlyMap<string, V1Table> = new Map(
  [...sharedTables, ...activeTables, ...legacyTables('_old'), ...legacyTables('')].map((table) => [
    table.name,
    table,
  ]),
)

/** The table of that name, of either generation. */
export const v1Table = (name: string): V1Table | undefined => byName.get(name)

const quoted = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join(', ')

/** The statements that make the table and its indexes. */
export function createStatements(table: V1Table): string[] {
  const columns = table.columns.map(([column, declaration]) => `    "${column}" ${declaration}`)
  const keys = Object.entries(table.references).map(
    ([column, parent]) =>
      `    CONSTRAINT "${table.name}_${column}_fkey" FOREIGN KEY ("${column}") REFERENCES "${parent}" ("id") ON DELETE CASCADE ON UPDATE CASCADE`,
  )
  return [
    `CREATE TABLE "${table.name}" (\n${[...columns, ...keys].join(',\n')}\n)`,
    ...table.indexes.map(
      (index) => `CREATE INDEX "${table.name}_${index}_idx" ON "${table.name}"(${quoted(index.split('_'))})`,
    ),
    ...table.uniques.map(
      (unique) =>
        `CREATE UNIQUE INDEX "${table.name}_${unique.join('_')}_key" ON "${table.name}"(${quoted(unique)})`,
    ),
  ]
}

/** A column that an older file may lack: rows that are there already have no value for it. */
export const isNullable = (declaration: string): boolean => !declaration.includes('NOT NULL')
