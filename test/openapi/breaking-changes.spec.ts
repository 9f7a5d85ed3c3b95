import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { breakingChanges } from './breaking-changes.js'

type Json = Record<string, unknown>

const released = join('openapi', 'released')
const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8')) as Json

/** What has been changed since the last release, as the changelog has it. */
const unreleased = readFileSync('CHANGELOG.md', 'utf8').split(/^## \[/m)[1] ?? ''

t.test('since the last release', async (t) => {
  for (const file of readdirSync(released))
    t.test(`${file} breaks nothing but what CHANGELOG.md names`, async (t) => {
      const unnamed = breakingChanges(read(released, file), read('openapi', file)).filter(
        (change) => !unreleased.includes(change),
      )
      t.strictSame(unnamed, [])
    })
})

const item: Json = {
  type: 'object',
  required: ['id', 'state'],
  properties: {
    id: { type: 'string' },
    state: { type: 'string', enum: ['open', 'done'] },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
}
const creation: Json = {
  type: 'object',
  required: ['state'],
  properties: { state: { type: 'string', enum: ['open', 'done'] }, tags: { type: 'array', items: { type: 'string' } } },
}
const json = (schema: Json) => ({ content: { 'application/json': { schema } } })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** A document with one operation of each kind; each part may be another one. */
const documentOf = ({
  answer = item,
  body = creation,
  parameters = [{ name: 'limit', in: 'query', schema: { type: 'integer' } }] as Json[],
  operations = {},
} = {}): Json => ({
  paths: {
    '/items': {
      get: { parameters, responses: { 200: json({ type: 'array', items: ref('Item') }) } },
      post: { requestBody: json(ref('CreateItem')), responses: { 201: json(ref('Item')) } },
      ...operations,
    },
  },
  components: { schemas: { Item: answer, CreateItem: body } },
})
const without = (schema: Json, field: string): Json => {
  const { [field]: _, ...properties } = schema.properties as Json
  return { ...schema, properties }
}
const withField = (schema: Json, field: string, value: Json): Json => ({
  ...schema,
  properties: { ...(schema.properties as Json), [field]: value },
})

t.test('a change breaks clients, and is named, when', async (t) => {
  const limit = { name: 'limit', in: 'query', schema: { type: 'integer' } }
  const cases: [string, Json, string[]][] = [
    ['an operation is gone', documentOf({ operations: { post: undefined } }), ['`POST /items` is gone']],
    ['an answer lacks a field', documentOf({ answer: without(item, 'note') }), ['`Item.note` is gone']],
    ['a field cannot be sent', documentOf({ body: without(creation, 'tags') }), ['`CreateItem.tags` is gone']],
    [
      'a field has to be sent',
      documentOf({ body: { ...creation, required: ['state', 'tags'] } }),
      ['`CreateItem.tags` is required'],
    ],
    [
      'a new field has to be sent',
      documentOf({ body: { ...withField(creation, 'owner', { type: 'string' }), required: ['state', 'owner'] } }),
      ['`CreateItem.owner` is required'],
    ],
    [
      'a value cannot be sent',
      documentOf({ body: withField(creation, 'state', { type: 'string', enum: ['open'] }) }),
      ['`CreateItem.state: done` is gone'],
    ],
    [
      'a field has another type',
      documentOf({ answer: withField(item, 'note', { type: 'integer' }) }),
      ['`Item.note` may be integer'],
    ],
    [
      'a field may be null',
      documentOf({ answer: withField(item, 'id', { anyOf: [{ type: 'string' }, { type: 'null' }] }) }),
      ['`Item.id` may be null'],
    ],
    [
      'a field may be left out of an answer',
      documentOf({ answer: { ...item, required: ['id'] } }),
      ['`Item.state` may be left out'],
    ],
    [
      'what is in a list has another type',
      documentOf({ body: withField(creation, 'tags', { type: 'array', items: { type: 'integer' } }) }),
      ['`CreateItem.tags[]` may no longer be string'],
    ],
    ['a parameter is gone', documentOf({ parameters: [] }), ['`GET /items limit` is gone']],
    [
      'a parameter is required',
      documentOf({ parameters: [{ ...limit, required: true }] }),
      ['`GET /items limit` is required'],
    ],
    [
      'there is a new parameter, which is required',
      documentOf({ parameters: [limit, { name: 'asOf', in: 'query', required: true }] }),
      ['`GET /items asOf` is required'],
    ],
    [
      'an operation answers otherwise',
      documentOf({ operations: { post: { requestBody: json(ref('CreateItem')), responses: { 202: {} } } } }),
      ['`POST /items 201` is gone'],
    ],
  ]
  for (const [title, after, expected] of cases)
    t.test(title, async (t) => t.strictSame(breakingChanges(documentOf(), after), expected))
})

t.test('a change breaks nobody when', async (t) => {
  const cases: [string, Json][] = [
    ['there is none', documentOf()],
    ['there is a new operation', documentOf({ operations: { delete: { responses: { 204: {} } } } })],
    ['an answer has a new field', documentOf({ answer: withField(item, 'owner', { type: 'string' }) })],
    ['a new field may be sent', documentOf({ body: withField(creation, 'owner', { type: 'string' }) })],
    ['a field need not be sent any more', documentOf({ body: { ...creation, required: [] } })],
    [
      'another value can be sent',
      documentOf({ body: withField(creation, 'state', { type: 'string', enum: ['open', 'done', 'late'] }) }),
    ],
    ['a schema stands where it was referred to', { ...documentOf(), paths: inline(documentOf()) }],
  ]
  for (const [title, after] of cases)
    t.test(title, async (t) => t.strictSame(breakingChanges(documentOf(), after), []))
})

function inline(document: Json): unknown {
  const text = JSON.stringify(document.paths)
  return JSON.parse(
    text
      .replaceAll(JSON.stringify(ref('Item')), JSON.stringify(item))
      .replaceAll(JSON.stringify(ref('CreateItem')), JSON.stringify(creation)),
  )
}
