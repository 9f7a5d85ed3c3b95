import t, { type Test } from 'tap'
import { adoptedFile, runHere, sqlConsole } from './migrated.js'
import { v1File } from './v1-file.js'

interface Milestone {
  code: string
  name?: string
  sequence?: number
}

/** The section names that the milestones of one task type get, and the rules that gave them. */
async function named(t: Test, milestones: readonly Milestone[], options: object = {}, taskType = {}) {
  const { path, handle, given } = await v1File(t)
  const taskTypeId = given.taskType({ name: 'Part Approval', category: 'Quality', ...taskType })
  const ids = milestones.map((milestone, index) =>
    given.milestone({ taskTypeId, sequence: index, ...milestone }),
  )
  const { state, report, error } = await runHere(path, 'migrate', options)
  t.equal(state, 'succeeded', error?.detail ?? '')
  const names = ids.map((id) =>
    handle.prepare('SELECT name FROM v2_task_type_sections WHERE id = ?').pluck().get(id),
  )
  const rules = ids.map((id) => report?.mappings.find(({ milestoneId }) => milestoneId === id)?.rule)
  return { ids, names, rules, report, handle, path }
}

t.test('the name of a section', async (t) => {
  const builtIn = { PA2: 'First Article', PA3: 'Production Trial', NMR1: 'Documentation', NMR2: 'Testing' }
  for (const [code, name] of Object.entries(builtIn))
    t.test(`is ${name} for the code ${code}`, async (t) => {
      t.strictSame((await named(t, [{ code }])).names, [name])
    })

  for (const code of ['PA-2', 'pa 2', 'PA_2', 'pA2', ' P-A_2 '])
    t.test(`is First Article for the code "${code}" too`, async (t) => {
      t.strictSame((await named(t, [{ code }])).names, ['First Article'])
    })

  for (const code of ['PA22', 'PA', 'PA.2', 'XPA2'])
    t.test(`is the milestone's own for the code ${code}`, async (t) => {
      const { names, rules } = await named(t, [{ code, name: 'Own' }])
      t.strictSame([names, rules], [['Own'], ['own name']])
    })

  t.test('is by the code alone where the rule is built in, whatever the category', async (t) => {
    const { names } = await named(t, [{ code: 'NMR1' }], {}, { name: 'Anything', category: 'Else' })
    t.strictSame(names, ['Documentation'])
  })

  t.test('is the milestone’s own once the built-in rules are switched off', async (t) => {
    const { names, rules } = await named(t, [{ code: 'PA2', name: 'Own' }], { builtInSectionNames: false })
    t.strictSame([names, rules], [['Own'], ['own name']])
  })

  t.test('stays what a built-in rule says when the milestone is called the same', async (t) => {
    const { names, rules } = await named(t, [{ code: 'PA2', name: 'First Article' }])
    t.strictSame([names, rules], [['First Article'], ['built-in rule']])
  })
})

t.test('an operator’s rule', async (t) => {
  const code = 'pa-2'
  const forTaskType = { taskType: 'Part Approval', code, name: 'By task type' }
  const forCategory = { category: 'Quality', code, name: 'By category' }
  const forCode = { code, name: 'By code' }
  const forBoth = { taskType: 'Part Approval', category: 'Quality', code, name: 'By both' }
  const elsewhere = [
    { taskType: 'Another', code, name: 'Wrong type' },
    { category: 'Another', code, name: 'Wrong category' },
    { taskType: 'Part Approval', category: 'Another', code, name: 'Half right' },
    { code: 'PA3', name: 'Wrong code' },
  ]

  t.test('goes before the built-in one', async (t) => {
    const { names, rules } = await named(t, [{ code: 'PA2' }], { sectionNames: [forCode] })
    t.strictSame([names, rules], [['By code'], ['operator rule']])
  })
  t.test('for a category goes before one for the code alone', async (t) => {
    const { names } = await named(t, [{ code: 'PA2' }], { sectionNames: [forCode, forCategory] })
    t.strictSame(names, ['By category'])
  })
  t.test('for a task type goes before one for a category', async (t) => {
    const { names } = await named(t, [{ code: 'PA2' }], { sectionNames: [forCategory, forTaskType] })
    t.strictSame(names, ['By task type'])
  })
  t.test('for a task type and its category goes before all others', async (t) => {
    const sectionNames = [forCode, forCategory, forTaskType, forBoth]
    t.strictSame((await named(t, [{ code: 'PA2' }], { sectionNames })).names, ['By both'])
  })
  t.test('for another task type, category or code is not for this milestone', async (t) => {
    const { names } = await named(t, [{ code: 'PA2' }], { sectionNames: elsewhere })
    t.strictSame(names, ['First Article'])
  })
  t.test('given first goes before one that is as specific', async (t) => {
    const sectionNames = [forCode, { code: 'PA2', name: 'Later' }]
    t.strictSame((await named(t, [{ code: 'PA2' }], { sectionNames })).names, ['By code'])
  })
  t.test('holds although the built-in rules are switched off', async (t) => {
    const options = { sectionNames: [forCode], builtInSectionNames: false }
    t.strictSame((await named(t, [{ code: 'PA2' }, { code: 'PA3', name: 'Own' }], options)).names, [
      'By code',
      'Own',
    ])
  })
  t.test('is named by the assessment as the migration would apply it', async (t) => {
    const { path, handle, given } = await v1File(t)
    const milestoneId = given.milestone({ code: 'PA2', name: 'Own' })
    const { report } = await runHere(path, 'assess', { sectionNames: [forCode] })
    t.match(report?.mappings, [{ milestoneId, code: 'PA2', name: 'Own', sectionName: 'By code' }])
    t.equal(handle.prepare(`SELECT stage FROM migration_state`).pluck().get(), 'v1')
  })
})

t.test('sections of one task type that would get the same name', async (t) => {
  t.test('are told apart by their codes, and the first one is not special', async (t) => {
    const { names, rules } = await named(t, [{ code: 'PA2' }, { code: 'PA-2' }, { code: 'PA3' }])
    t.strictSame(names, ['First Article (PA2)', 'First Article (PA-2)', 'Production Trial'])
    t.match(rules, [/^built-in rule, told apart by code$/, /told apart/, /^built-in rule$/])
  })
  t.test('are told apart where a milestone’s own name is the name that a rule gives another', async (t) => {
    const { names } = await named(t, [{ code: 'PA2' }, { code: 'Q', name: 'First Article' }])
    t.strictSame(names, ['First Article (PA2)', 'First Article (Q)'])
  })
  t.test(
    'are told apart by code and id where a third is already called like one with its code',
    async (t) => {
      const { ids, names } = await named(t, [
        { code: 'A', name: 'Gate' },
        { code: 'B', name: 'Gate' },
        { code: 'C', name: 'Gate (A)' },
      ])
      t.strictSame(names, [`Gate (A, ${String(ids[0])})`, 'Gate (B)', 'Gate (A)'])
    },
  )
  t.test('are counted among the issues as resolved', async (t) => {
    const { report, ids } = await named(t, [{ code: 'PA2' }, { code: 'PA_2' }])
    const issue = report?.issues.find(({ code }) => code === 'duplicate-section-name')
    t.match(issue, { severity: 'resolved', count: 2, samples: ids })
  })
  t.test('of different task types keep the name', async (t) => {
    const { path, handle, given } = await v1File(t)
    given.milestone({ code: 'PA2' })
    given.milestone({ code: 'PA2' })
    await runHere(path, 'migrate')
    const names = handle.prepare('SELECT name FROM v2_task_type_sections').pluck().all()
    t.strictSame(names, ['First Article', 'First Article'])
  })
  t.test('differ only in case and so are two names', async (t) => {
    const { names } = await named(t, [
      { code: 'A', name: 'Gate' },
      { code: 'B', name: 'gate' },
    ])
    t.strictSame(names, ['Gate', 'gate'])
  })
})

t.test('the report', async (t) => {
  t.test(
    'lists every milestone with its section name, its rule and its original code and name',
    async (t) => {
      const path = await adoptedFile(t, 60)
      const { report } = await runHere(path, 'migrate')
      const db = sqlConsole(path)
      t.teardown(() => db.close())
      const expected = db
        .prepare(
          `SELECT m.id AS milestoneId, m.code, m.name, s.name AS sectionName FROM milestones m
         JOIN v2_task_type_sections s ON s.id = m.id ORDER BY m.id`,
        )
        .all() as { milestoneId: string; name: string; sectionName: string }[]
      const listed = [...(report?.mappings ?? [])].sort((a, b) => (a.milestoneId < b.milestoneId ? -1 : 1))
      t.match(listed, expected)
      t.equal(listed.length, expected.length)
      t.ok(expected.some(({ name, sectionName }) => name !== sectionName))
      for (const { name, sectionName, rule } of listed)
        if (name !== sectionName) t.match(rule, /rule|told apart/, `${name} is explained`)
    },
  )
})
