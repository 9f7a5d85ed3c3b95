import t from 'tap'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { openV2, serve } from '../helper.js'

interface Described {
  operationId?: string
  summary?: string
  tags?: string[]
  response?: object
}

t.test(
  'every route of /v2 has an operation id of its own, a summary, tags, answers and a group',
  async (t) => {
    const routes: { url: string; schema: Described; group: string | undefined }[] = []
    await serve<V2Tables>(
      t,
      '/v2',
      (app, context) => {
        app.addHook('onRoute', ({ url, schema, config, method }) => {
          if (method !== 'HEAD') routes.push({ url, schema: schema as Described, group: config?.group })
        })
        v2Routes(app, context)
      },
      { db: await openV2(t), now: () => 0 },
    )
    for (const { url, schema, group } of routes) {
      t.ok(schema.operationId && schema.summary && schema.tags?.length && group, url)
      t.ok(
        Object.keys(schema.response ?? {}).some((status) => status.startsWith('2')),
        url,
      )
    }
    const ids = routes.map(({ schema }) => schema.operationId)
    t.equal(new Set(ids).size, ids.length)
  },
)
