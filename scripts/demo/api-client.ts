import { checkFailed } from '../terminal.js'

export interface Answer<Body = unknown> {
  status: number
  body: Body
}

export type Json = Record<string, unknown>

export interface ApiClient {
  request(method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Answer>
  /** The body of an answer that must be there. */
  get<Body>(path: string): Promise<Body>
}

/** JSON over HTTP, as any client would speak to the server. Everything ends when `signal` is raised. */
export function apiClient(address: string, signal: AbortSignal): ApiClient {
  const request: ApiClient['request'] = async (method, path, body, headers = {}) => {
    const response = await fetch(address + path, {
      method,
      signal,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  return clientOver(request)
}

/** The client that asks so. */
export const clientOver = (request: ApiClient['request']): ApiClient => ({
  request,
  async get<Body>(path: string) {
    const { status, body } = await request('GET', path)
    if (status !== 200) throw checkFailed(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
    return body as Body
  },
})

/** Every item of a list, page after page. */
export async function getAll<Item>(client: ApiClient, path: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ limit: '500', ...(cursor === null ? {} : { cursor }) })
    const page: { items: Item[]; nextCursor: string | null } = await client.get(
      `${path}${path.includes('?') ? '&' : '?'}${query.toString()}`,
    )
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}
