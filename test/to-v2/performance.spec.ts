import t from 'tap'
import { isEnough } from '../../src/v1/to-v2/validate/performance.js'

t.test('the times of both schemas', async (t) => {
  const [fine, slow] = [
    { v1: 15, v2: 16 },
    { v1: 15, v2: 105 },
  ]
  for (const [what, rounds, elapsedMs, best, expected] of [
    ['are taken at least once', 0, 5_000, { v1: Infinity, v2: Infinity }, false],
    ['are taken again while it is quick', 4, 100, fine, false],
    ['are not taken again after five rounds', 5, 100, fine, true],
    ['are not taken again where one takes seconds', 1, 2_500, fine, true],
    ['are taken again where the only round was a bad one, however long it took', 1, 60_000, slow, false],
    ['are taken again where five rounds were over in no time', 5, 800, slow, false],
    ['say that v2 is too slow after five rounds in two seconds', 5, 2_100, slow, true],
  ] as const)
    t.test(what, async (t) => t.equal(isEnough(rounds, elapsedMs, best), expected))
})
