import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { apiClient } from '../../scripts/demo/api-client.js'
import { underSchema, write } from '../../src/db/database.js'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { activeFile } from './active-file.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { temporaryFolder } from '../helper.js'
import { fileProblems } from './file-health.js'
import { startLife } from './server-life.js'

const TOGETHER = 3

/** Where a file is, and which version serves it. */
const files = {
  'a v1 file': (t: Test) => {
    const path = join(temporaryFolder(t), 'app.db')
    activeFile({ path, instances: 60, seed: 3 })
    return { path, version: 'v1' }
  },
  'no file': (t: Test) => ({ path: join(temporaryFolder(t), 'app.db'), version: 'v2' }),
}

t.test('where there is', async (t) => {
  for (const [what, make] of Object.entries(files)) {
    t.test(`${what}, all who open it at the same moment have the same database`, async (t) => {
      const { path } = make(t)
      const opened = await Promise.all(
        Array.from({ length: TOGETHER }, () => openApplicationDatabase(path, allGroupsOn('v1'))),
      )
      for (const [n, db] of opened.entries())
        await write(db, (trx) =>
          underSchema<V2Tables, unknown>(trx)
            .insertInto('suppliers')
            .values({
              id: `s${n}`,
              name: `Supplier ${n}`,
              contactInfo: '',
              createdAt: 1,
              updatedAt: 1,
            } as never)
            .execute(),
        )
      for (const db of opened) {
        const { rows } = await sql`select id from suppliers where id like 's_'`.execute(db.reader)
        t.equal(rows.length, TOGETHER)
      }
      for (const db of opened) await db.close()
      t.same(readdirSync(dirname(path)), ['app.db'])
    })

    t.test(`${what}, all servers that are started at the same moment serve the same`, async (t) => {
      const { path, version } = make(t)
      const lives = Array.from({ length: TOGETHER }, () => startLife(path))
      const clients = await Promise.all(
        lives.map(async (life) => {
          const client = apiClient(await life.address, new AbortController().signal)
          const name = randomUUID()
          t.equal((await client.request('POST', `/${version}/suppliers`, { name })).status, 201)
          return { client, name }
        }),
      )
      for (const { client } of clients) {
        const { items } = await client.get<{ items: { name: string }[] }>(`/${version}/suppliers?limit=500`)
        const known = new Set(items.map(({ name }) => name))
        t.ok(
          clients.every(({ name }) => known.has(name)),
          'every server has what every server acknowledged',
        )
      }
      t.same(fileProblems(path), [])
      for (const life of lives) {
        life.signal('SIGTERM')
        t.equal((await life.ended).code, 0)
      }
      t.same(readdirSync(dirname(path)), ['app.db'])
    })
  }
})
