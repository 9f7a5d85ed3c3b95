import t from 'tap'
import type { Manifest } from '../../src/migration/backup/manifest.js'
import { expiredBackups } from '../../src/migration/backup/retention.js'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 10, 26)

/** Newest first: one of each age in days. */
const aged = (...days: number[]): Manifest[] =>
  days.map(
    (age) =>
      ({
        id: String(age),
        job: 'backup',
        createdAt: new Date(NOW - age * DAY_MS).toISOString(),
      }) as Manifest,
  )

const expired = (backups: Manifest[], keepLast: number, keepDays: number, inUse: string[] = []) =>
  expiredBackups(backups, { keepLast, keepDays }, { now: NOW, inUse: new Set(inUse) }).map(({ id }) => id)

t.test('a backup', async (t) => {
  t.test('goes when it is neither of the last few nor of the last days', async (t) => {
    t.same(expired(aged(1, 5, 10, 40, 50), 2, 7), ['10', '40', '50'])
  })
  t.test('stays as one of the last few, however old it is', async (t) => {
    t.same(expired(aged(100, 200, 300), 2, 7), ['300'])
  })
  t.test('stays as one of the last days, however many there are', async (t) => {
    t.same(expired(aged(1, 2, 3, 4, 5, 8), 1, 7), ['8'])
  })
  t.test('stays for a day whatever is set', async (t) => {
    t.same(expired(aged(0.1, 0.5, 0.9, 1.1), 1, 0), ['1.1'])
  })
  t.test('stays when it is the only one', async (t) => {
    t.same(expired(aged(1_000), 0, 0), [])
  })
  t.test('stays while a job depends on it', async (t) => {
    t.same(expired(aged(1, 10, 20), 1, 0, ['10']), ['20'])
  })
  for (const job of ['contract', 'rollback'])
    t.test(`stays when the job ${job} has left it as the last copy of something`, async (t) => {
      const [newest, old] = aged(1, 1_000)
      if (newest === undefined || old === undefined) throw new Error('not two')
      t.same(expired([newest, { ...old, job }], 1, 0), [])
      t.same(expired([newest, old], 1, 0), ['1000'])
    })
})
