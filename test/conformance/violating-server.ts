// Not a test of the suite: violations.spec.ts runs it, and wants it to fail.
import t from 'tap'
import { createServer } from '../../src/http/server.js'
import { silent } from '../helper.js'

t.test('asks for what fits no document, and looks at nothing', async () => {
  const app = createServer(silent)
  app.get('/v2/suppliers', async () => ({ items: [] }))
  await app.inject('/v2/suppliers')
})
