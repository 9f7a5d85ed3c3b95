import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import t from 'tap'

const module = new URL('../../src/db/yield-processor.js', import.meta.url).href

/** The nice value of a thread of its own, before and after; and of this one, after. */
const asked = `
  import { readFileSync, readlinkSync } from 'node:fs'
  import { parentPort } from 'node:worker_threads'
  import { yieldProcessor } from '${module}'
  const niceOf = (task) => Number(readFileSync(task + '/stat', 'utf8').split(') ')[1].split(' ')[16])
  const own = '/proc/' + readlinkSync('/proc/thread-self')
  const before = niceOf(own)
  yieldProcessor()
  parentPort.postMessage({ before, after: niceOf(own), main: niceOf('/proc/' + process.pid + '/task/' + process.pid) })
`

t.test(
  'a thread lets others go first',
  { skip: !existsSync('/proc/thread-self') && 'threads have no priorities here' },
  async (t) => {
    const url = new URL(`data:text/javascript,${encodeURIComponent(asked)}`)
    const { before, after, main } = await new Promise<{ before: number; after: number; main: number }>(
      (resolve, reject) => new Worker(url).once('message', resolve).once('error', reject),
    )
    t.ok(after > before, `${before}, then ${after}`)
    t.equal(main, before, 'and no other thread does')
  },
)
