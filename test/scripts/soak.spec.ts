import t from 'tap'
import { run } from './processes.js'

const soak = 'scripts/soak.js'

t.test('the soak script', async (t) => {
  t.test('runs a course with as much as is asked for, and tells how it goes', async (t) => {
    // The same sequences each time: that they pass is for the soak itself to show.
    const env = { RUNS: '2', SEED: '1' }
    const { code, stdout, stderr } = await run(t, soak, { args: ['--only', 'two-way'], env })
    t.equal(code, 0, stderr)
    t.match(stdout, /^ok {6}two-way, \d+ s\n$/)
    t.match(stderr, /two-way, \d+ s: # \d+ of \d+ writes had an effect/)
  })

  t.test('ends with 1 where something did not hold, and shows what', async (t) => {
    const { code, stdout, stderr } = await run(t, soak, {
      args: ['--only', 'two-way', '--json'],
      env: { RUNS: 'none' },
    })
    t.equal(code, 1)
    t.match(JSON.parse(stdout), { courses: [{ name: 'two-way', ok: false }] })
    t.match(stderr, /not ok/)
  })

  t.test('ends with 2 where it is used wrongly', async (t) => {
    const { code, stderr } = await run(t, soak, { args: ['--only', 'everything'] })
    t.equal(code, 2)
    t.match(stderr, 'Usage: npm run soak')
  })
})
