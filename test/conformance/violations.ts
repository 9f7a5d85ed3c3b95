import type { OutgoingHttpHeaders } from 'node:http'
import { findOperation, resolve, schemaErrors } from './documents.js'

/** What was asked, by its route, and what was answered. */
export interface Answered {
  method: string
  /** As the router has it: `/v2/tasks/:id`. */
  url: string
  status: number
  headers: OutgoingHttpHeaders
  /** The body where it is at hand; that of a stream is not. */
  body: unknown
}

/** In which ways the answer is not one that the committed document of its route allows. */
export function violationsOf({ method, url, status, headers, body }: Answered): string[] {
  const operation = findOperation(method, url)
  if (operation === undefined) return [`openapi has no ${method} ${url}`]
  const listed = operation.responses[status]
  if (listed === undefined) return [`${status} is not listed`]
  const path = url.replaceAll(/:(\w+)/g, '{$1}').replaceAll('/', '~1')
  const place = `/paths/${path}/${method === 'HEAD' ? 'get' : method.toLowerCase()}/responses/${status}`
  const { part: answer, pointer } = resolve(url, listed, place)
  const lacking = Object.entries(answer.headers ?? {})
    .filter(([name, header]) => resolve(url, header, '').part.required && headers[name] === undefined)
    .map(([name]) => `the header ${name} is not there`)
  // Fastify sends no body with these, whatever a route gives.
  if (status === 204 || status === 304) return lacking
  return [...lacking, ...contentViolations({ method, url, headers, body }, answer.content ?? {}, pointer)]
}

function contentViolations(
  { method, url, headers, body }: Omit<Answered, 'status'>,
  content: Record<string, { schema?: object }>,
  pointer: string,
): string[] {
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? ''
  const types = Object.keys(content)
  if (!types.includes(type) && !types.includes('*/*')) return [`the type "${type}" is not listed`]
  if (method === 'HEAD' || !type.endsWith('json')) return []
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return ['JSON was not sent as text']
  const at = `${pointer}/content/${type.replaceAll('/', '~1')}/schema`
  return schemaErrors(url, at, JSON.parse(body.toString())).map(
    ({ instancePath, message, params }) =>
      `${instancePath || 'the body'} ${String(message)} ${JSON.stringify(params)}`,
  )
}
