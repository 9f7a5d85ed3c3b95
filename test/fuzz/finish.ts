import type { Operation } from './operations.js'
import type { Draft } from './requests.js'
import type { World } from './world.js'

type Row = Record<string, string>
type Body = Record<string, unknown>

/** Sets what only rows that belong together fulfil; `row` is one that its query gave. */
interface Rule {
  query?: string
  set: (draft: Draft & { body: Body }, row: Row, chance: number) => unknown
}

const without = (body: Body, fields: readonly string[]): Body =>
  Object.fromEntries(Object.entries(body).filter(([field]) => !fields.includes(field)))

const into =
  (...fields: string[]): Rule['set'] =>
  ({ body }, row) => {
    for (const field of fields) body[field] = row[field]
  }

const changeOfInstance = (body: Body) => {
  if (body.status !== 'blocked') delete body.blockedReason
  else body.blockedReason ??= 'in repair'
  if (body.status !== 'completed') delete body.completedAt
  if (Object.keys(body).length === 0) body.notes = 'none'
}

/** The children of a parent, in another order. */
const order = (table: string, where: string, path: string): Rule => ({
  query: `select ${path}, group_concat(id) ids from ${table} where ${where} group by ${path
    .split(',')
    .map((one) => one.trim().split(' ')[0])
    .join()}`,
  set: (draft, { ids = '', ...parents }, chance) => {
    const list = ids.split(',')
    const cut = chance % list.length
    draft.body.ids = [...list.slice(cut), ...list.slice(0, cut)]
    for (const name of Object.keys(draft.path)) draft.path[name] = String(parents[name])
  },
})

const pathOf: Rule['set'] = (draft, row) => {
  for (const name of Object.keys(draft.path)) draft.path[name] = encodeURIComponent(String(row[name]))
}

const storedFile: Rule = {
  query: `select id, 'Report 1.txt' fileName from v2_supplier_task_instances where submissionFiles like '%Report 1%'`,
  set: pathOf,
}
const attached: Rule = { query: 'select projectId id, taskTypeId from v2_project_task_types', set: pathOf }

/** Of a job that is asked for again the first answer comes back: a few jobs do for all requests. */
const oneOfFewJobs: Rule = {
  set: (draft, _row, chance) => {
    draft.headers['idempotency-key'] = `job ${chance % 2}`
  },
}

const rules: Record<string, Rule> = {
  'v1 createSupplierTaskInstance': {
    query: `select a.id supplierProjectInstanceId, t.id projectMilestoneTaskId from supplier_project_instances a
      join project_milestone_tasks t on t.projectId = a.projectId where not exists (select 1 from supplier_task_instances i
      where i.supplierProjectInstanceId = a.id and i.projectMilestoneTaskId = t.id) limit 500`,
    set: (draft, row, chance) => {
      into('supplierProjectInstanceId', 'projectMilestoneTaskId')(draft, row, chance)
      changeOfInstance(draft.body)
    },
  },
  'v2 createSupplierTaskInstance': {
    query: `select a.id supplierProjectInstanceId, t.id projectTaskTemplateId from supplier_project_instances a
      join v2_project_task_templates t on t.projectId = a.projectId where not exists (select 1 from v2_supplier_task_instances i
      where i.supplierProjectInstanceId = a.id and i.projectTaskTemplateId = t.id) limit 500`,
    set: (draft, row, chance) => {
      into('supplierProjectInstanceId', 'projectTaskTemplateId')(draft, row, chance)
      changeOfInstance(draft.body)
    },
  },
  'v1 createProjectMilestoneTask': {
    query: `select p.id projectId, t.id taskId, t.milestoneId from projects p, tasks t where not exists
      (select 1 from project_milestone_tasks o where o.projectId = p.id and o.taskId = t.id) limit 500`,
    set: into('projectId', 'taskId', 'milestoneId'),
  },
  'v2 createProjectTaskTemplate': {
    query: `select p.id projectId, t.id taskId from projects p, v2_tasks t where not exists
      (select 1 from v2_project_task_templates o where o.projectId = p.id and o.taskId = t.id) limit 500`,
    set: (draft, row, chance) => {
      into('projectId', 'taskId')(draft, row, chance)
      // An anchor needs what it counts from.
      delete draft.body.anchor
      delete draft.body.offsetDays
      draft.body.dueDate ??= '2026-04-01'
    },
  },
  'v2 createTask': {
    query: 'select id sectionId, taskTypeId from v2_task_type_sections',
    set: (draft, row, chance) => {
      into('sectionId', 'taskTypeId')(draft, row, chance)
      delete draft.body.parentTaskId
    },
  },
  'v2 updateTask': {
    set: ({ body }) => {
      delete body.sectionId
      delete body.parentTaskId
      body.name ??= 'Measure again'
    },
  },
  'v2 updateProjectTaskTemplate': {
    set: ({ body }) => {
      delete body.anchor
      delete body.offsetDays
      body.dueDate ??= '2026-04-01'
    },
  },
  'v1 updateSupplierTaskInstance': { set: ({ body }) => changeOfInstance(body) },
  'v2 updateSupplierTaskInstance': { set: ({ body }) => changeOfInstance(body) },
  'v2 bulkUpdateSupplierTaskInstances': {
    query: 'select id from v2_supplier_task_instances limit 50',
    set: ({ body }, { id }) => {
      body.ids = [id]
      changeOfInstance((body.changes ??= {}) as Body)
    },
  },
  'v2 attachTaskType': {
    query: 'select taskTypeId, group_concat(id) ids from v2_tasks group by taskTypeId',
    set: (draft, { taskTypeId, ids = '' }) => {
      const dueDates = ids.split(',').map((taskId) => ({ taskId, dueDate: '2026-04-01' }))
      draft.body = { taskTypeId, dueDates }
    },
  },
  'v2 shiftDates': {
    set: (draft) => {
      draft.body = without(draft.body, ['scope', 'sectionId', 'taskTypeId'])
    },
  },
  'v1 shiftDates': {
    set: (draft) => {
      draft.body = without(draft.body, ['scope', 'milestoneId', 'taskTypeId'])
    },
  },
  'v2 putSectionOrder': order('v2_task_type_sections', 'true', 'taskTypeId id'),
  'v2 putTaskOrderOfSection': order(
    'v2_tasks',
    'sectionId is not null and parentTaskId is null',
    'taskTypeId id, sectionId',
  ),
  // While v1 is there, every task has a section: what has none is in order as nothing.
  'v2 putTaskOrderWithoutSection': { set: ({ body }) => (body.ids = []) },
  'v2 putSubTaskOrder': order('v2_tasks', 'parentTaskId is not null', 'parentTaskId id'),
  'v2 getTaskOrderOfSection': {
    query: 'select id sectionId, taskTypeId id from v2_task_type_sections',
    set: pathOf,
  },
  'v2 getProjectTaskType': attached,
  'v2 updateProjectTaskType': attached,
  'v2 deleteProjectTaskType': attached,
  'v2 deleteSection': {
    query:
      'select id from v2_task_type_sections s where not exists (select 1 from v2_tasks t where t.sectionId = s.id)',
    set: pathOf,
  },
  'v2 downloadSubmissionFile': storedFile,
  'v2 deleteSubmissionFile': storedFile,
  'admin getBackup': {
    query: `select json_extract(report, '$.backup.id') id from migration_jobs
      where json_extract(report, '$.backup.id') is not null`,
    set: pathOf,
  },
  'admin startMigration': {
    set: (draft, row, chance) => {
      draft.body = { job: 'assess' }
      oneOfFewJobs.set(draft, row, chance)
    },
  },
  'admin retryQuarantine': {
    set: (draft, row, chance) => {
      draft.body = {}
      oneOfFewJobs.set(draft, row, chance)
    },
  },
}

/** Makes a valid draft one that the rows allow, too: the documents do not say which belong together. */
export function finisher(world: World, operation: Operation): (draft: Draft, chance: number) => Draft {
  const rule = rules[`${operation.path.split('/')[1] ?? ''} ${operation.id}`]
  if (rule === undefined) return withPayload(operation)
  const found = rule.query === undefined ? [{}] : world.rows(rule.query)
  const write = withPayload(operation)
  return (draft, chance) => {
    const copy = {
      ...draft,
      path: { ...draft.path },
      headers: { ...draft.headers },
      body: { ...(draft.body as Body) },
    }
    rule.set(copy, found[chance % found.length] ?? {}, chance)
    return write(operation.body?.type === 'application/json' ? copy : { ...copy, body: undefined }, chance)
  }
}

const BOUNDARY = 'fuzz-boundary'

/** Files have no schema: bytes, or a form with one file. */
function withPayload({ body }: Operation): (draft: Draft, chance: number) => Draft {
  const form = (name: string) =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\nbytes\r\n--${BOUNDARY}--\r\n`
  const typed = (draft: Draft, type: string, raw: string): Draft => ({
    ...draft,
    raw,
    headers: { ...draft.headers, 'content-type': type },
  })
  if (body?.type === 'multipart/form-data')
    return (draft, chance) => typed(draft, `multipart/form-data; boundary=${BOUNDARY}`, form(`${chance}.txt`))
  return body?.type === 'application/octet-stream'
    ? (draft, chance) => typed(draft, 'application/octet-stream', `bytes ${chance}`)
    : (draft) => draft
}
