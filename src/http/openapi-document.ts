import type { ApiGroup } from '../kernel/api-groups.js'
import { hoistComponents } from './openapi-components.js'
import { problemsOf, problemResponses, type Operation, type Parameter } from './openapi-problems.js'

export interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, unknown>>
  [member: string]: unknown
}

/** For header values there is no other limit than that of all headers together. */
const LONGEST_HEADER = 16_384

const ifMatch = {
  name: 'if-match',
  in: 'header',
  required: false,
  description: 'The ETag of the item as it was read: if it has changed since, 412 `stale-etag`.',
  schema: { type: 'string', maxLength: LONGEST_HEADER, examples: ['"2jmj7l5rSw0yVb_vlWAYkK_YBwk"'] },
}

const ifNoneMatch = {
  ...ifMatch,
  name: 'if-none-match',
  description: 'The ETag of the item as the client has it: if that is still so, 304 without a body.',
}

const preferMinimal = {
  name: 'prefer',
  in: 'header',
  required: false,
  description:
    '`return=minimal`: the answer has its headers and no body, and says so by `Preference-Applied: return=minimal`.',
  schema: { type: 'string', maxLength: LONGEST_HEADER, examples: ['return=minimal'] },
}

const etagHeader = { $ref: '#/components/headers/ETag' }

const descriptions: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted, and not done yet',
}

/** What all operations have: it follows from what each of them takes, and is said here alone. */
export function completeDocument(document: Document, refusals: readonly number[]): Document {
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [
          method,
          completeOperation(method, operation, refusals),
        ]),
      ),
    ]),
  )
  const { hoisted, schemas } = hoistComponents({ paths, responses: problemResponses(paths) })
  const hasEtags = JSON.stringify(paths).includes(etagHeader.$ref)
  const headers = { RequestId: requestId, ...(hasEtags ? { ETag: etag } : {}) }
  return {
    ...document,
    paths: hoisted.paths,
    components: { ...document.components, schemas, responses: hoisted.responses, headers },
  }
}

const requestId = {
  description: 'The id under which the log has the request: the one that it came with, or a new one.',
  required: true,
  schema: { type: 'string', maxLength: 100 },
}

const etag = {
  description: 'What If-Match and If-None-Match name: it is another one when the item has changed.',
  required: true,
  schema: { type: 'string', maxLength: 100 },
}

/** Whether the method changes an item that has an ETag. */
const changesItem = (method: string) => ['patch', 'put', 'delete'].includes(method)

/** What has a default may be left out: a generated client would ask for it. */
const withoutNeed = (one: Parameter): Parameter =>
  one.schema?.default === undefined ? one : { ...one, required: false }

function completeOperation(method: string, made: Operation, refusals: readonly number[]): Operation {
  const { 'x-problems': own = [], 'x-etag': hasEtag = false, 'x-body-optional': needsNoBody, ...rest } = made
  const isRead = method === 'get'
  const parameters = [
    ...(made.parameters ?? []).map(withoutNeed),
    ...(changesItem(method) ? [ifMatch] : []),
    ...(hasEtag ? [isRead ? ifNoneMatch : preferMinimal] : []),
  ]
  const operation: Operation = {
    ...rest,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(method === 'patch' ? { requestBody: asMergePatch(made.requestBody) } : {}),
    ...(needsNoBody === true ? { requestBody: { ...(made.requestBody as object), required: false } } : {}),
  }
  const answers = Object.entries(made.responses)
    .filter(([status]) => !status.endsWith('XX'))
    .map(([status, answer]) => [
      status,
      {
        ...answer,
        ...(answer.description === 'Default Response' ? { description: descriptions[status] } : {}),
        headers: { ...commonHeaders, ...(hasEtag ? { etag: etagHeader } : {}) },
      },
    ])
  const problems = problemsOf(method, operation, [...refusals, ...own])
  const all = [...answers, ...(hasEtag ? withoutBody(method) : []), ...problems]
  return { ...operation, responses: Object.fromEntries(all) as Operation['responses'] }
}

/** Under both its names, whichever the client uses. */
function asMergePatch(body: unknown): unknown {
  const { content, ...rest } = body as { content: Record<string, unknown> }
  return { ...rest, content: { ...content, 'application/merge-patch+json': content['application/json'] } }
}

const commonHeaders = { 'x-request-id': { $ref: '#/components/headers/RequestId' } }

/** What an item with an ETag is answered with where the client needs no body. */
function withoutBody(method: string): [string, object][] {
  const headers = { ...commonHeaders, etag: etagHeader }
  if (method === 'get') return [['304', { description: 'The client has it as it is', headers }]]
  return method === 'post' ? [] : [['204', { description: 'Done, and no body was asked for', headers }]]
}

/** The same, with the operations of these groups marked: their successors serve. */
export function withDeprecated(document: Document, groups: readonly ApiGroup[]): Document {
  if (groups.length === 0) return document
  const marked = (operation: Operation) =>
    groups.some((group) => group === operation['x-cutover-group'])
      ? { ...operation, deprecated: true }
      : operation
  const paths = Object.entries(document.paths).map(([path, operations]) => [
    path,
    Object.fromEntries(Object.entries(operations).map(([method, one]) => [method, marked(one)])),
  ])
  return { ...document, paths: Object.fromEntries(paths) as Document['paths'] }
}
