import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { filledIn, readHttpFile, type HttpRequest } from './http-file.js'
import { listening } from './served.js'

const folder = 'docs/examples'
const files = readdirSync(folder).filter((file) => file.endsWith('.http'))

t.ok(files.length > 0, 'there are examples')

for (const file of files)
  t.test(`${folder}/${file}`, async (t) => {
    const requests = readHttpFile(readFileSync(join(folder, file), 'utf8'))
    const address = await listening(t)
    const answers = new Map<string, { body: unknown; headers: Headers }>()
    t.ok(requests.length > 10, `has ${requests.length} requests`)
    for (const request of requests)
      t.test(request.title, async (t) => {
        const answer = await send(request, (text) =>
          filledIn(text, answers).replace('http://127.0.0.1:3000', address),
        )
        const text = await answer.text()
        t.equal(answer.status, request.expect, text)
        const isJson = (answer.headers.get('content-type') ?? '').includes('json')
        const body: unknown = isJson ? JSON.parse(text) : undefined
        if (request.name !== undefined) answers.set(request.name, { body, headers: answer.headers })
      })
  })

const send = ({ method, url, headers, body }: HttpRequest, fill: (text: string) => string) =>
  fetch(fill(url), {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)])),
    ...(body === undefined ? {} : { body: fill(body) }),
  })
