import type { JobsModule } from '../../src/migration/job.js'
import { kindOf, phase } from './engine.js'

/** What a worker loads in the tests of the host: jobs that take as long as they are told. */
export const jobKinds: JobsModule['jobKinds'] = [
  {
    ...kindOf([]),
    phases: ({ ms }) => [
      phase('validate', async (run) => {
        const until = performance.now() + Number(ms)
        while (performance.now() < until) {
          run.transaction(() => void run.db.exec('INSERT INTO written VALUES (1)'))
          await new Promise((resolve) => setTimeout(resolve, 5))
          await run.rest()
        }
      }),
    ],
  },
  {
    ...kindOf([]),
    name: 'stubborn',
    phases: ({ ms }) => [
      phase('validate', () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms))),
    ],
  },
]
