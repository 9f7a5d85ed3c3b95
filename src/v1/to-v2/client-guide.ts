import type { RowMapping } from './mapping/row-mapping.js'

/** What the guide reads of an OpenAPI document. */
export interface ApiDocument {
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, { properties?: Record<string, ApiField> }> }
}

interface ApiOperation {
  operationId: string
  parameters?: { in: string; name: string }[]
}

interface ApiField {
  type?: string | string[]
  anyOf?: { type?: string }[]
}

/** A resource of /v1, and where it is in /v2. */
interface Successor {
  v1: string
  v2: string
  schemas: readonly [v1: string, v2: string]
  /** Fields that are called otherwise in v2. */
  renamed: Readonly<Record<string, string>>
  /** The mappings that say what the other fields of v2 are. */
  mappings: readonly string[]
}

const same = (path: string, schema: string): Successor => ({
  v1: path,
  v2: path,
  schemas: [schema, schema],
  renamed: {},
  mappings: [],
})

const successors: readonly Successor[] = [
  same('suppliers', 'Supplier'),
  same('projects', 'Project'),
  same('task-types', 'TaskType'),
  {
    v1: 'milestones',
    v2: 'task-type-sections',
    schemas: ['Milestone', 'Section'],
    renamed: {},
    mappings: ['sections'],
  },
  {
    ...same('tasks', 'Task'),
    renamed: { milestoneId: 'sectionId' },
    mappings: ['tasks'],
  },
  {
    v1: 'project-milestone-tasks',
    v2: 'project-task-templates',
    schemas: ['ProjectMilestoneTask', 'ProjectTaskTemplate'],
    renamed: { milestoneId: 'sectionId', responsibleParties: 'owner' },
    mappings: ['templates'],
  },
  same('supplier-project-instances', 'SupplierProjectInstance'),
  {
    ...same('supplier-task-instances', 'SupplierTaskInstance'),
    renamed: { projectMilestoneTaskId: 'projectTaskTemplateId' },
    mappings: ['instances'],
  },
  {
    v1: 'task-templates',
    v2: 'project-task-templates',
    schemas: ['TaskTemplate', 'ProjectTaskTemplate'],
    renamed: { taskTypeId: 'taskId', canonicalDue: 'dueDate', description: 'notes' },
    mappings: ['legacy_templates'],
  },
  {
    v1: 'task-instances',
    v2: 'supplier-task-instances',
    schemas: ['TaskInstance', 'SupplierTaskInstance'],
    renamed: {
      supplierProjectId: 'supplierProjectInstanceId',
      taskTemplateId: 'projectTaskTemplateId',
      actualDue: 'actualDueDate',
    },
    mappings: ['legacy_instances'],
  },
]

/**
 * From /v1 to /v2, route by route and field by field, as Markdown.
 *
 * @throws Error where an operation of /v1 has no successor
 */
export function clientGuide(v1: ApiDocument, v2: ApiDocument, mappings: readonly RowMapping[]): string {
  return [
    '# From /v1 to /v2, for clients',
    '',
    'Made from both OpenAPI documents and the mapping; a test holds it to them. Every id is the same in both',
    'versions, and until v1 goes both show every write of the other: a client may move one route at a time.',
    'Errors, pages, `ETag`, `Idempotency-Key` and `Prefer` are the same, too.',
    '',
    '## Routes',
    '',
    ...table(['/v1', '/v2', 'query in v1 alone', 'query in v2 alone'], routes(v1, v2)),
    '',
    'What only /v2 has (sub-tasks, the tree of a task type, orders, attaching a task type to a project, bulk',
    'updates, files, history, reports, exports) is in its document.',
    ...successors.flatMap((successor) => fields(successor, v1, v2, mappings)),
    '',
  ].join('\n')
}

function routes(v1: ApiDocument, v2: ApiDocument): string[][] {
  return operationsOf(v1).map(({ path, method, operation }) => {
    const there = successorPath(path)
    const successor = v2.paths[there]?.[method]
    if (successor === undefined) throw new Error(`${method} ${path} has no successor in /v2: ${there}`)
    const [before, after] = [queryOf(operation), queryOf(successor)]
    return [
      `${method.toUpperCase()} ${path} (\`${operation.operationId}\`)`,
      `${there} (\`${successor.operationId}\`)`,
      code(before.filter((name) => !after.includes(name))),
      code(after.filter((name) => !before.includes(name))),
    ]
  })
}

const operationsOf = ({ paths }: ApiDocument) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => typeof operation.operationId === 'string')
      .map(([method, operation]) => ({ path, method, operation })),
  )

function successorPath(path: string): string {
  const [, , resource = '', ...rest] = path.split('/')
  const v2 = successors.find(({ v1 }) => v1 === resource)?.v2 ?? resource
  return ['', 'v2', v2, ...rest].join('/')
}

const queryOf = ({ parameters = [] }: ApiOperation) =>
  parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)

function fields(
  { v1: from, v2: to, schemas, renamed, mappings: named }: Successor,
  v1: ApiDocument,
  v2: ApiDocument,
  mappings: readonly RowMapping[],
): string[] {
  const [before, after] = [fieldsOf(v1, schemas[0]), fieldsOf(v2, schemas[1])]
  const kept = Object.entries(before).map(([name, field]) => {
    const there = renamed[name] ?? name
    const successor = after[there]
    if (successor === undefined) throw new Error(`${schemas[0]}.${name} has no successor in /v2`)
    return [name, there === name ? 'the same' : `\`${there}\``, typeOf(field), typeOf(successor)]
  })
  const kinds = mappings.filter(({ name }) => named.includes(name))
  const known = Object.keys(before).map((name) => renamed[name] ?? name)
  const added = Object.keys(after)
    .filter((name) => !known.includes(name))
    .map((name) => [
      name,
      typeOf(after[name] ?? {}),
      kinds.map(({ columns }) => columns[name]?.words ?? '').join('') || 'worked out from other fields',
    ])
  return [
    '',
    `## ${from} → ${to}`,
    ...kinds.flatMap(({ about }) => ['', about]),
    '',
    ...table(['field of v1', 'in v2', 'type in v1', 'type in v2'], kept),
    ...(added.length === 0 ? [] : ['', ...table(['new in v2', 'type', 'of a row that came from v1'], added)]),
  ]
}

function fieldsOf({ components }: ApiDocument, schema: string): Record<string, ApiField> {
  const { properties } = components.schemas[schema] ?? {}
  if (properties === undefined) throw new Error(`The document has no schema ${schema}`)
  return properties
}

const typeOf = ({ type, anyOf }: ApiField): string =>
  (anyOf ?? [{ type }]).map((one) => [one.type ?? 'one of a list'].flat().join(' or ')).join(' or ')

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
