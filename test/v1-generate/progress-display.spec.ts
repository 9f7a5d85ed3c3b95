import { PassThrough } from 'node:stream'
import t from 'tap'
import { progressDisplay } from '../../scripts/progress-display.js'

function shown(isTTY: boolean): string {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY })
  const display = progressDisplay(output)
  for (const done of [0, 500, 1000, 1000]) display.update({ phase: 'rows', done, total: 1000 })
  display.update({ phase: 'indexes', done: 0, total: 10 })
  display.end()
  return String(output.read())
}

t.test('the progress display', async (t) => {
  t.test('is a line for each finished phase where there is no terminal', async (t) => {
    t.match(shown(false), /^rows: 1,000 of 1,000, [\d,]+\/s, 0 s left\n$/)
  })

  t.test('is a bar for each phase on a terminal', async (t) => {
    const text = shown(true)
    t.match(text, /rows =+ 100 % \| 1,000 of 1,000 \| [\d,]+\/s \| 0 s left/)
    t.match(text, 'indexes -')
  })
})
