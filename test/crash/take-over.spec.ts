import t from 'tap'
import { endsWell, migrate, pair } from './pair.js'
import { effort } from './effort.js'

t.test('a second server on the file', { timeout: effort.limitMs }, async (t) => {
  t.jobs = 3
  for (const point of ['queued: a worker begins #1', 'backfill: rests #5', 'validate: rests #3'])
    t.test(
      `goes on by itself with a job whose runner is killed at ${point}`,
      { buffered: true },
      async (t) => {
        const both = await pair(t, { signalAt: `SIGKILL ${point}` })
        const { id } = await migrate(both.runner.operator)
        await both.runner.life.ended
        const killedAt = performance.now()
        await both.other.life.takesOver
        t.ok(performance.now() - killedAt < 9_000)
        await endsWell(t, both, id)
      },
    )
})
