import t from 'tap'
import { countChecked } from './hook.js'

// After all others of the process: see v2.test.ts.
t.test('every answer of /v2 to these tests was one that openapi/v2.json allows', async (t) => {
  const checked = countChecked()
  t.comment(`${checked} answers were checked`)
  t.ok(checked > 2_000, `${checked} answers were checked`)
})
