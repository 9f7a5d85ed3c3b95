import type { App } from '../../src/http/type-provider.js'
import type { Words } from './words.js'

type Json = Record<string, unknown>

/** A refusal's status, code and paths; or what was answered. Names that only one version has are in the other's place. */
export interface Answer<Body> {
  status: number
  body: Body
  /** `code` of a problem document, with the paths of its errors. */
  refused?: { code: string; paths: string[] }
}

export interface Instance {
  id: string
  templateId: string
  assignmentId: string
  status: string
  dueDate: string
  actualDueDate: string | null
  effectiveDueDate: string
  isOverdue: boolean
  isApplied: boolean
  completedAt: string | null
  blockedReason?: string | null
}

export interface Counts {
  updated: number
  keptOverride: number
  keptCompleted: number
}

export interface Shifted {
  propagation: Counts
  dryRun: boolean
  templates: { id: string; from: string; to: string; stays: string | null; propagation: Counts }[]
}

export interface DashboardLine {
  id: string
  instances: number
  byStatus: Record<string, number>
  overdue: number
  dueNext7Days: number
  blocked: number
  completionRatio: number
}

export interface Dashboard {
  asOf: string
  totals: DashboardLine & { suppliers: number; projects: number }
  bySupplier: DashboardLine[]
  byProject: DashboardLine[]
  bySection: DashboardLine[]
}

/** The tracker as its users know it, whichever version serves it. */
export type Tracker = ReturnType<typeof trackerOver>

/** @param clock what the service takes for now, in epoch milliseconds */
export function trackerOver(app: App, words: Words, clock: { now: number }) {
  const call = callOver(app, words)
  let made = 0
  const make = async (path: string, payload: Json) => {
    const { status, body } = await call<Json>('POST', path, payload)
    if (status >= 300) throw new Error(`POST ${path}: ${JSON.stringify(body)}`)
    return String(body.id)
  }
  // Of one length, so that the order of names is that of making.
  const name = (noun: string) => `${noun} ${String(++made).padStart(6, '0')}`
  const { section, template } = words

  return {
    version: words.version,
    clock,
    call,
    supplier: () => make('suppliers', { name: name('supplier') }),
    project: () => make('projects', { name: name('project') }),
    taskType: () => make('task-types', { name: name('task type'), category: 'General' }),
    section: (taskTypeId: string) =>
      make(section.path, { taskTypeId, code: name('code'), name: name('section'), sequence: ++made }),
    task: (at: { taskTypeId: string; sectionId: string; parentTaskId?: string }) =>
      make('tasks', words.task({ ...at, name: name('task'), sequence: ++made })),
    addTemplate: async (values: {
      projectId: string
      sectionId: string
      taskId: string
      dueDate: string
      isActive?: boolean
    }) => call<{ id: string }>('POST', template.path, words.newTemplate(values)),
    changeTemplate: async (id: string, change: Json, headers?: Record<string, string>) => {
      const answer = await call<Json>('PATCH', `${template.path}/${id}`, change, headers)
      const changed = words.changedTemplate(answer.body)
      return { ...answer, body: changed as { dueDate: string; propagation: Counts } }
    },
    template: async (id: string) =>
      (await call<{ dueDate: string; isActive: boolean }>('GET', `${template.path}/${id}`)).body,
    shift: (projectId: string, shift: Json) =>
      call<Shifted>('POST', `projects/${projectId}/shift-dates`, shift),
    assign: async (supplierId: string, projectId: string) => {
      const answer = await call<Json>('POST', 'supplier-project-instances', { supplierId, projectId })
      const assigned = words.assigned(answer.body)
      return { ...answer, body: assigned as { id: string; status: string; created: number; skipped: number } }
    },
    changeAssignment: (id: string, change: Json) => call('PATCH', `supplier-project-instances/${id}`, change),
    unassign: (id: string, query = '') => call<Json>('DELETE', `supplier-project-instances/${id}${query}`),
    instances: async (filter: Record<string, string> = {}) => {
      const query = new URLSearchParams(words.sent({ ...filter, limit: '500' }) as Record<string, string>)
      const { body } = await call<{ items: Instance[] }>('GET', `supplier-task-instances?${query.toString()}`)
      return body.items
    },
    instance: async (id: string) => (await call<Instance>('GET', `supplier-task-instances/${id}`)).body,
    addInstance: (values: Json) => call<Instance>('POST', 'supplier-task-instances', values),
    changeInstance: (id: string, change: Json, headers?: Record<string, string>) =>
      call<Instance>('PATCH', `supplier-task-instances/${id}`, change, headers),
    dashboard: async (asOf?: string) =>
      (await call<Dashboard>('GET', `dashboard${asOf === undefined ? '' : `?asOf=${asOf}`}`)).body,
  }
}

/** Sends in the version's own words, and reads its answer in the common ones. */
function callOver(app: App, words: Words) {
  return async <Body>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: Json,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> => {
    const request = { method, url: `/${words.version}/${path}`, headers }
    const answer = await app.inject(
      payload === undefined ? request : { ...request, payload: words.sent(payload) as object },
    )
    const body = answer.body === '' ? {} : words.read(answer.json())
    const { statusCode: status } = answer
    if (status < 400) return { status, body: body as Body }
    const { code, errors = [] } = body as { code: string; errors?: { path: string }[] }
    const paths = [...new Set(errors.map(({ path }) => path))]
    return { status, body: body as Body, refused: { code, paths } }
  }
}
