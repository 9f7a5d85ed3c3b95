import type { App } from '../../src/http/type-provider.js'

export type Json = Record<string, unknown>

/** A request that the service accepts. */
export interface Example {
  params: Record<string, string>
  body: Json
}

/** By method and URL, as registered; between them, a route's examples name every field of its body. */
export type Examples = Readonly<Record<string, readonly Example[]>>

export const DUE = '2026-03-02T00:00:00.000Z'

export const example = (body: Json, params: Record<string, string> = {}): Example => ({ params, body })

/** Of what both versions share. */
export const shared = (
  version: string,
  { supplier, project, taskType }: Record<string, string>,
): Examples => {
  const supplierFields = {
    name: 'Acme',
    supplierNumber: 'S-1',
    location: 'Ulm',
    contacts: [{ name: 'Ann', role: 'Sales', email: 'ann@acme.example', phone: '1', fax: '2' }],
    contactInfo: 'by mail',
  }
  const projectFields = { name: 'Falcon', description: 'a van' }
  const taskTypeFields = { name: 'Part Approval', category: 'Quality', description: 'of parts' }
  return {
    [`POST /${version}/suppliers`]: [example(supplierFields)],
    [`PATCH /${version}/suppliers/:id`]: [
      example({ ...supplierFields, name: 'Acme 2', supplierNumber: 'S-2' }, { id: String(supplier) }),
    ],
    [`POST /${version}/projects`]: [example(projectFields)],
    [`PATCH /${version}/projects/:id`]: [
      example({ ...projectFields, name: 'Falcon 2' }, { id: String(project) }),
    ],
    [`POST /${version}/task-types`]: [example(taskTypeFields)],
    [`PATCH /${version}/task-types/:id`]: [
      example({ ...taskTypeFields, name: 'Part Approval 2' }, { id: String(taskType) }),
    ],
  }
}

export type Make = (path: string, body: Json) => Promise<string>

export const maker =
  (app: App, version: string): Make =>
  async (path, payload) => {
    const answer = await app.inject({ method: 'POST', url: `/${version}/${path}`, payload })
    if (answer.statusCode >= 300) throw new Error(`POST ${path}: ${answer.body}`)
    const body = answer.json<{ id?: string; assignment?: { id: string } }>()
    return String(body.id ?? body.assignment?.id)
  }

export const firstInstance = async (app: App, version: string) =>
  (await app.inject({ url: `/${version}/supplier-task-instances` })).json<{ items: { id: string }[] }>()
    .items[0]?.id ?? ''
