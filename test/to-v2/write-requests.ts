import type { App } from '../../src/http/type-provider.js'
import type { Examples } from '../bad-input/examples.js'

export interface Sending {
  params: Record<string, string>
  payload?: object | string
  headers?: Record<string, string>
  query?: string
}

/** A request that a route accepts, made when its turn comes; by method and URL, as in the examples. */
export type Step = readonly [route: string, make: () => Promise<Sending>]

/** Children first, so that each is there when its turn comes. */
const deletions = [
  'supplier-task-instances/:id/files/:fileName',
  'supplier-task-instances/:id',
  'supplier-project-instances/:id',
  'project-task-templates/:id',
  'project-milestone-tasks/:id',
  'projects/:id/task-types/:taskTypeId',
  'tasks/:id',
  'task-type-sections/:id',
  'milestones/:id',
  'task-types/:id',
  'projects/:id',
  'suppliers/:id',
]

/** A walk through every route that writes: the examples, what they lack, and then the deletions. */
export function writeSteps(app: App, version: 'v1' | 'v2', examples: Examples): Step[] {
  const given = Object.entries(examples)
    .filter(([route]) => !route.endsWith('/order'))
    .flatMap(([route, own]) =>
      own.map(({ params, body }): Step => [route, async () => ({ params, payload: body })]),
    )
  return [
    ...given,
    ...(version === 'v1'
      ? []
      : [secondLoose(examples), ...ordersOf(app, examples), ...ofV2Alone(app, examples)]),
    ...deletions.flatMap((path) => deletionOf(app, `/${version}/${path}`, examples)),
  ]
}

/** One task alone has no other order. */
const secondLoose = (examples: Examples): Step => {
  const taskTypeId = paramsOf('/v2/task-types/:id', examples).id
  return ['POST /v2/tasks', async () => ({ params: {}, payload: { taskTypeId, name: 'Loose, too' } })]
}

/** The order of siblings, turned round: the example is the order that they have. */
const ordersOf = (app: App, examples: Examples): Step[] =>
  Object.entries(examples)
    .filter(([route]) => route.endsWith('/order'))
    .map(([route, own]) => [
      route,
      async () => {
        const params = own[0]?.params ?? {}
        const { ids } = (await app.inject({ url: filled(route, params) })).json<{ ids: string[] }>()
        return { params, payload: { ids: ids.toReversed() } }
      },
    ])

function ofV2Alone(app: App, examples: Examples): Step[] {
  const params = paramsOf('/v2/supplier-task-instances/:id', examples)
  const files = '/v2/supplier-task-instances/:id/files'
  const form = '--b\r\ncontent-disposition: form-data; name="f"; filename="b.txt"\r\n\r\nb\r\n--b--\r\n'
  const headers = { 'content-type': 'multipart/form-data; boundary=b' }
  const projectId = paramsOf('/v2/projects/:id', examples).id ?? ''
  return [
    [`PUT ${files}/:fileName`, async () => ({ params: { ...params, fileName: 'a.txt' }, payload: 'a' })],
    [`POST ${files}`, async () => ({ params, payload: form, headers })],
    [
      'POST /v2/suppliers/:supplierId/projects/:projectId/assign',
      async () => ({
        params: { projectId, supplierId: await created(app, 'suppliers', { name: 'Another one' }) },
      }),
    ],
  ]
}

function deletionOf(app: App, url: string, examples: Examples): Step[] {
  const route = `DELETE ${url}`
  if (url.endsWith('/:fileName')) {
    const params = paramsOf('/v2/supplier-task-instances/:id', examples)
    return 'id' in params ? [[route, async () => ({ params: { ...params, fileName: 'a.txt' } })]] : []
  }
  const params = paramsOf(url, examples)
  if (Object.keys(params).length === 0) return []
  if (url.endsWith('task-type-sections/:id')) {
    const taskTypeId = paramsOf('/v2/task-types/:id', examples).id
    const empty = { taskTypeId, name: 'Without tasks' }
    return [[route, async () => ({ params: { id: await created(app, 'task-type-sections', empty) } })]]
  }
  return [
    [route, async () => ({ params, ...(url.includes('project-instances') ? { query: '?force=true' } : {}) })],
  ]
}

const paramsOf = (url: string, examples: Examples) => examples[`PATCH ${url}`]?.[0]?.params ?? {}

const created = async (app: App, path: string, payload: object): Promise<string> =>
  (await app.inject({ method: 'POST', url: `/v2/${path}`, payload })).json<{ id: string }>().id

/** The URL of a route, with its parameters. */
export const filled = (route: string, params: Record<string, string>): string =>
  (route.split(' ')[1] ?? '').replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '')
