import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import { activeFile } from './active-file.js'
import { pick, seededRandom } from '../../src/v1/generate/random.js'
import { ended, post, served } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { v1Contents } from '../to-v2/v1-file.js'
import { effort } from './effort.js'
import { fileProblems } from './file-health.js'
import { look, takeSnapshots, twoInstances, type Left } from './power-loss.js'
import { damages, restoreSnapshot, type Snapshot } from './wal-copy.js'

const random = seededRandom(effort.seed)

t.test('a power loss in the midst of a backfill', { timeout: effort.limitMs }, async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.db')
  activeFile({ path, instances: 3_000, seed: 9 })
  const rows = twoInstances(path)
  const snapshots = await takeSnapshots(t, { path, rows, random })
  const newest = new Map<Snapshot, number>()
  const left: Left[] = []
  const restore = (name: string, snapshot: Snapshot, wal: Buffer) => {
    mkdirSync(join(folder, name))
    const restored = join(folder, name, 'app.db')
    restoreSnapshot(restored, snapshot, wal)
    return restored
  }

  t.test('that takes nothing away leaves every acknowledged write', async (t) => {
    for (const [n, snapshot] of snapshots.entries()) {
      const { problems, diary } = look(restore(`whole-${n}`, snapshot, snapshot.wal), 'whole', rows)
      t.same(problems, [])
      t.ok(diary >= snapshot.acknowledged, `${diary} is there, ${snapshot.acknowledged} was acknowledged`)
      newest.set(snapshot, diary)
    }
    t.ok(snapshots.length >= 3, `${snapshots.length} snapshots`)
  })

  t.test('leaves what one of the commits has left, wherever the WAL is cut or torn', async (t) => {
    for (let n = 0; n < effort.walCuts; n++) {
      const snapshot = pick(random, snapshots)
      const [kind, damage] = n % 2 === 0 ? ['cut', damages.cut] : pick(random, Object.entries(damages))
      const at = snapshot.safe + Math.floor(random() * (snapshot.end - snapshot.safe))
      const title = `${kind} at ${at} of ${snapshot.end} (SEED=${effort.seed})`
      const found = look(restore(`torn-${n}`, snapshot, damage(snapshot.wal, at, random)), title, rows)
      if (found.diary > (newest.get(snapshot) ?? 0))
        found.problems.push('it has more than the whole file had')
      left.push(found)
    }
    for (const { title, problems } of left) if (problems.length > 0) t.same(problems, [], title)
    const moments = new Set(left.map(({ diary }) => diary)).size
    const midBackfill = left.filter((one) => one.isMidBackfill).length
    t.comment(`${left.length} files of ${moments} moments, ${midBackfill} of them in the midst of a backfill`)
    t.ok(moments > 10 && midBackfill > 10)
  })

  t.test('is no obstacle to the run, which goes on to its end', async (t) => {
    const resumed = left.filter((one) => one.problems.length === 0).slice(0, effort.walResumes)
    for (const { title, path, jobId } of resumed)
      t.test(title, async (t) => {
        const before = v1Hash(path)
        const app = await served(t, path)
        // A cut that took the job away, too, leaves a file that nobody has begun to migrate.
        const id = jobId ?? (await post(app, 'migrate', {}, 'respond-async')).body.id
        t.match(await ended(app, id), { state: 'succeeded', report: { summary: { failed: 0 } } })
        t.equal(v1Hash(path), before, 'v1 is as it was left')
        t.same(fileProblems(path), [])
      })
    t.ok(resumed.length >= Math.min(effort.walResumes, effort.walCuts))
  })
})

function v1Hash(path: string): string {
  const db = openReaderHandle(path)
  const hash = createHash('sha256')
    .update(JSON.stringify(v1Contents(db)))
    .digest('hex')
  db.close()
  return hash
}
