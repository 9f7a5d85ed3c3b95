import type { Test } from 'tap'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { openV2, serve } from '../helper.js'

export type Json = Record<string, unknown> & { id: string }

export const NOW = Date.UTC(2026, 2, 1)
export const DUE = '2026-03-02T00:00:00.000Z'

/** /v2 over an empty database, with a clock that the test moves and builders that go through the API. */
export async function build(t: Test) {
  const db = await openV2<V2Tables>(t)
  const clock = { now: NOW }
  const app = await serve<V2Tables>(t, '/v2', v2Routes, { db, now: () => clock.now })

  const call =
    (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE') =>
    async (url: string, payload?: object, headers: Record<string, string> = {}) => {
      const options = { method, url: `/v2/${url}`, headers }
      const answer = await app.inject(payload === undefined ? options : { ...options, payload })
      const body: Json = answer.body === '' ? { id: '' } : answer.json<Json>()
      return { status: answer.statusCode, body, etag: String(answer.headers.etag), headers: answer.headers }
    }
  const api = {
    get: call('GET'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
  }
  const ids = async (url: string) => ((await api.get(url)).body.items as Json[]).map(({ id }) => id)
  const count = async (table: keyof V2Tables) =>
    (await db.reader.selectFrom(table).select('id').execute()).length
  return { app, db, clock, api, ids, count, given: builders(api) }
}

type Fields = Record<string, unknown>
type Call = (url: string, payload?: object) => Promise<{ status: number; body: Json }>

/** Each makes one row, with what the test does not mind filled in. */
function builders(api: { get: Call; post: Call; patch: Call }) {
  let made = 0
  const make = async (url: string, payload: Fields) => {
    const { status, body } = await api.post(url, payload)
    if (status >= 300) throw new Error(`POST ${url}: ${JSON.stringify(body)}`)
    return body
  }
  const name = (noun: string) => `${noun} ${++made}`
  const supplier = (fields: Fields = {}) => make('suppliers', { name: name('supplier'), ...fields })
  const project = (fields: Fields = {}) => make('projects', { name: name('project'), ...fields })
  const taskType = (fields: Fields = {}) =>
    make('task-types', { name: name('task type'), category: 'General', ...fields })
  const section = async (fields: Fields = {}) =>
    make('task-type-sections', {
      taskTypeId: fields.taskTypeId ?? (await taskType()).id,
      name: name('section'),
      ...fields,
    })
  const task = async (fields: Fields = {}) =>
    make('tasks', { taskTypeId: fields.taskTypeId ?? (await taskType()).id, name: name('task'), ...fields })
  const template = async (fields: Fields = {}) =>
    make('project-task-templates', {
      projectId: fields.projectId ?? (await project()).id,
      taskId: fields.taskId ?? (await task()).id,
      dueDate: DUE,
      ...fields,
    })
  const assignment = async (fields: Fields = {}) => {
    const supplierId = fields.supplierId ?? (await supplier()).id
    const projectId = fields.projectId ?? (await project()).id
    const answer = await make('supplier-project-instances', { supplierId, projectId })
    return answer.assignment as Json
  }
  /** The instance that a new supplier has of the template; the fields are then set on it. */
  const instance = async (of: Json, fields: Fields = {}) => {
    const { id } = await assignment({ projectId: of.projectId })
    const query = `supplierProjectInstanceId=${id}&projectTaskTemplateId=${of.id}`
    const [made] = (await api.get(`supplier-task-instances?${query}`)).body.items as Json[]
    if (made === undefined) throw new Error('the template is not active')
    if (Object.keys(fields).length === 0) return made
    return (await api.patch(`supplier-task-instances/${made.id}`, fields)).body
  }
  return { supplier, project, taskType, section, task, template, assignment, instance }
}
