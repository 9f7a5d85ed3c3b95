import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import type { Job } from '../../src/migration/jobs.repository.js'
import { dirtClasses, type DirtMade } from '../../src/v1/generate/dirt/add-dirt.js'
import { unaccounted } from './accounted.js'
import { sortOf } from './assessed.js'
import { awkwardFile, openSums, quarantining, type AwkwardFile } from './awkward-file.js'
import { runHere } from './migrated.js'
import { v1Contents, v2Contents } from './v1-file.js'

/** Of the classes of dirt. */
const SET_SIZE = 13

const contents = (db: Handle) => ({
  v1: v1Contents(db),
  v2: v2Contents(db),
  lineage: db.prepare('SELECT * FROM migration_lineage').all(),
  quarantine: db
    .prepare('SELECT mapping, rowId, source, reason, row, at, resolution FROM migration_quarantine')
    .all(),
})

/** Cases of classes that the file has and the report does not name, or leaves without a resolution. */
function unnamed({ report }: Job, db: Handle, made: readonly DirtMade[]): string[] {
  const named = new Set((report?.issues ?? []).filter(({ severity }) => severity !== 'blocking').map(sortOf))
  const isThere = ({ table, ids }: DirtMade) =>
    db
      .prepare(`SELECT 1 FROM "${table}" WHERE id IN (SELECT value FROM json_each(?))`)
      .get(JSON.stringify(ids)) !== undefined
  const isNamed = (one: DirtMade) =>
    named.has(sortOf(one)) ||
    (one.code === 'invalid-status' && named.has(sortOf({ ...one, subcase: 'mapped' })))
  return made.filter((one) => isThere(one) && !isNamed(one)).map(sortOf)
}

async function migrates(t: Test, { path, db, made }: AwkwardFile): Promise<Job> {
  const before = v1Contents(db)
  const run = await runHere(path, 'migrate', quarantining)
  const failed = run.report?.checks.filter(({ status }) => status === 'failed')
  t.equal(run.state, 'succeeded', JSON.stringify([run.error, failed]))
  t.same(v1Contents(db), before, 'v1 is as it was')
  t.same(openSums(run), [], 'the sums close')
  t.same(unnamed(run, db, made), [], 'the report names what there is')
  t.same(unaccounted(db), [], 'every byte can be had back')
  const after = contents(db)
  t.equal((await runHere(path, 'migrate', quarantining)).state, 'succeeded')
  t.same(contents(db), after, 'a second run changes nothing')
  return run
}

const shapes = fc.record({
  seed: fc.nat(999),
  lenient: fc.boolean(),
  responsibleParties: fc.boolean(),
})

const pairsOf = (classes: readonly string[]) =>
  classes.flatMap((one) => classes.filter((other) => one < other).map((other) => `${one}, ${other}`))

/** Each class alone, and sets in which every class meets every other one: large ones, as each is a migration. */
function classSets(): string[][] {
  const missing = new Set(pairsOf(dirtClasses))
  const large = fc.shuffledSubarray([...dirtClasses], { minLength: SET_SIZE, maxLength: SET_SIZE })
  const sets = fc.sample(large, { numRuns: 500, seed: 1 }).filter((classes) => {
    const met = pairsOf(classes).filter((pair) => missing.has(pair))
    for (const pair of met) missing.delete(pair)
    return met.length > 0
  })
  t.same([...missing], [], 'every class meets every other one')
  return [...dirtClasses.map((one) => [one]), ...sets]
}

t.test('a file with rows of', async (t) => {
  t.setTimeout(600_000)
  const sets = classSets()
  const samples = fc.sample(shapes, { numRuns: sets.length, seed: 4 })
  for (const [index, classes] of sets.entries())
    t.test(classes.join(', '), async (t) => {
      await migrates(t, await awkwardFile(t, { ...samples[index], dirt: { classes, percent: 1 } }))
    })
})

t.test('a file with rows of every class', async (t) => {
  for (const lenient of [false, true])
    t.test(lenient ? 'whose columns take NULL' : 'as Prisma made it', async (t) => {
      const file = await awkwardFile(t, { lenient, instances: 400, dirt: { classes: 'all', percent: 1 } })
      const { report } = await migrates(t, file)
      t.ok((report?.summary.rowsQuarantined ?? 0) > 50, 'much is in quarantine')
      t.ok((report?.lineage.length ?? 0) > 10, 'much deviates by a rule')
      const named = new Set(report?.issues.map(({ code }) => code))
      t.same(
        dirtClasses.filter((code) => !named.has(code) && code !== 'legacy-duplicate'),
        [],
        'the report names every class',
      )
    })
})
