import t from 'tap'
import { dirtClasses } from '../../src/v1/generate/dirt/add-dirt.js'
import { unaccounted } from './accounted.js'
import { assessed, generatedFile, shown, sortOf } from './assessed.js'
import { runHere } from './migrated.js'
import { v1File } from './v1-file.js'

/** What each class means for a run, by the domain and not by the code. */
const severities: Record<string, string | Record<string, string>> = {
  orphan: 'blocking',
  'invalid-status': { spelling: 'resolved', unknown: 'blocking', null: 'blocking' },
  'bad-date': 'blocking',
  'mixed-date-forms': 'resolved',
  'date-order': 'noted',
  'odd-boolean': { text: 'resolved', other: 'blocking', null: 'blocking' },
  'broken-json': 'noted',
  'missing-required': { blank: 'noted', null: 'blocking' },
  'odd-text': 'noted',
  'wrong-type': 'blocking',
  'misfiled-template': 'resolved',
  'task-twice': 'resolved',
  'duplicate-section-name': 'resolved',
  'same-task-name': 'noted',
  'milestone-without-tasks': 'noted',
  'legacy-duplicate': { pair: 'resolved', id: 'blocking' },
}

const severityOf = (code: string, subcase = '') => {
  const severity = severities[code]
  return typeof severity === 'string' ? severity : severity?.[subcase]
}

/** What the generator made of one class, and what the assessment says of the file, but for what a file without it has. */
async function compared(
  t: Parameters<typeof generatedFile>[0],
  options: Parameters<typeof generatedFile>[1],
) {
  const clean = await assessed(generatedFile(t, { ...options, dirt: { classes: [], percent: 0 } }).path)
  const { path, made } = generatedFile(t, options)
  const { issues } = await assessed(path)
  const before = new Map(clean.issues.map((issue) => [sortOf(issue), issue.count]))
  // That there are legacy rows at all is not what is wrong with them.
  const found = issues.filter(
    (issue) => issue.code !== 'legacy-rows' && issue.count !== before.get(sortOf(issue)),
  )
  return { path, made, issues, found, before, clean }
}

t.test('rows that do not fit', async (t) => {
  t.test('are of classes that the tests know', async (t) => {
    t.same(new Set(dirtClasses), new Set(Object.keys(severities)))
  })

  for (const code of dirtClasses)
    t.test(`of the class ${code} are found, all and no others, and shown by their SQL`, async (t) => {
      const { path, made, found, before } = await compared(t, {
        lenient: true,
        responsibleParties: true,
        dirt: { classes: [code], percent: 1000 },
      })
      t.ok(made.length > 0)
      t.same(found.map(sortOf).sort(), made.map(sortOf).sort())
      for (const one of made) {
        const issue = found.find((candidate) => sortOf(candidate) === sortOf(one))
        if (issue === undefined) continue
        const ids = shown(t, path, issue)
        t.equal(issue.severity, severityOf(one.code, one.subcase), sortOf(one))
        t.equal(issue.count, one.count + (before.get(sortOf(one)) ?? 0), sortOf(one))
        t.equal(ids.length, issue.count, sortOf(one))
        t.same(
          one.ids.filter((id) => !ids.includes(id)),
          [],
          sortOf(one),
        )
        t.same(issue.samples, ids.slice(0, 20), sortOf(one))
        t.ok(issue.resolution.length > 10)
      }
    })

  for (const shape of [
    { lenient: false },
    { lenient: true },
    { lenient: true, generation: 'legacy' as const },
  ])
    t.test(`of all classes at once are found in a file of the shape ${JSON.stringify(shape)}`, async (t) => {
      const { made, found, before, path } = await compared(t, {
        ...shape,
        dirt: { classes: 'all', percent: 1500 },
      })
      t.same(found.map(sortOf).sort(), made.map(sortOf).sort())
      const counts = new Map(made.map((one) => [sortOf(one), one.count]))
      for (const issue of found) {
        t.equal(
          issue.count,
          (counts.get(sortOf(issue)) ?? 0) + (before.get(sortOf(issue)) ?? 0),
          sortOf(issue),
        )
        t.equal(shown(t, path, issue).length, issue.count, sortOf(issue))
      }
      const floor = shape.generation === 'legacy' ? 100 : 200
      t.ok(made.length > floor, `${made.length} kinds of dirt`)
    })

  t.test('are listed with those first that hold up a run', async (t) => {
    const { issues } = await compared(t, { dirt: { classes: 'all', percent: 1 } })
    const order = issues.map(({ severity }) => ['blocking', 'resolved', 'noted'].indexOf(severity))
    t.same(order, order.toSorted())
    t.same(new Set(order).size, 3)
  })
})

t.test('a template whose twin v1 has as a task of its own, as v2 leaves it behind', async (t) => {
  const { path, given, handle } = await v1File(t)
  const milestoneId = given.milestone()
  const task = given.task()
  const own = given.task({ id: `${task}~${milestoneId}`, milestoneId })
  given.instance({ projectMilestoneTaskId: given.template({ taskId: own }) })
  const astray = given.template({ taskId: task, milestoneId })
  const instance = given.instance({ projectMilestoneTaskId: astray })

  t.test('holds up a run, and is shown', async (t) => {
    const { issues, assessment } = await assessed(path)
    const issue = issues.find(({ code }) => code === 'misfiled-template')
    t.match(issue, { subcase: 'settled-twin', severity: 'blocking', count: 1, samples: [astray] })
    t.same(shown(t, path, { sql: issue?.sql ?? '' }), [astray])
    t.same(assessment?.heldBack, [
      { table: 'project_milestone_tasks', misfits: 1, dependants: 0 },
      { table: 'supplier_task_instances', misfits: 0, dependants: 1 },
    ])
    t.match(await runHere(path, 'migrate'), { state: 'failed', error: { code: 'blocked' } })
  })

  t.test('waits with its instances where it was told to, and nothing else does, twice', async (t) => {
    const waiting = () =>
      handle.prepare('SELECT rowId, reason FROM migration_quarantine ORDER BY mapping').all()
    for (const _ of [1, 2]) {
      const { state, report } = await runHere(path, 'migrate', { onInvalidRow: 'quarantine' })
      t.equal(state, 'succeeded')
      t.same(waiting(), [
        { rowId: instance, reason: 'dependant:projectTaskTemplateId' },
        { rowId: astray, reason: 'misfiled-template:taskId' },
      ])
      const sums = report?.tables.map(
        ({ sourceRows, equal, byRule, quarantined }) => sourceRows - equal - byRule - quarantined,
      )
      t.same(new Set(sums), new Set([0]))
      t.same(unaccounted(handle), [])
    }
  })
})

t.test('a clean file', async (t) => {
  t.test('has no issue at all', async (t) => {
    const { path, given } = await v1File(t)
    given.instance()
    given.instance({ status: 'completed', completedAt: Date.now(), notes: 'Seen', submissionFiles: '[]' })
    const { issues, dateChanges, mappings, assessment } = await assessed(path)
    t.same(issues, [])
    t.same(dateChanges, [])
    t.same(assessment?.heldBack, [])
    t.equal(mappings.length, 2)
  })

  t.test('as the generator makes it has none that blocks', async (t) => {
    const { issues } = await assessed(generatedFile(t, { instances: 500 }).path)
    t.same(
      issues.filter(({ severity }) => severity === 'blocking'),
      [],
    )
  })
})
