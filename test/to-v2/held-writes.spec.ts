import t, { type Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import { unaccounted } from './accounted.js'
import { runHere } from './migrated.js'
import { copiedFile, CREATED, DUE, v1File } from './v1-file.js'

const waiting = (db: Handle) =>
  db
    .prepare(
      'SELECT rowId, reason FROM migration_quarantine WHERE resolution IS NULL ORDER BY mapping, rowId',
    )
    .all()

const resolution = (db: Handle, rowId: string) =>
  db.prepare('SELECT resolution FROM migration_quarantine WHERE rowId = ?').pluck().get(rowId)

/** A migrated file with one instance, and what it refers to. */
async function migratedChain(t: Test) {
  const { path, handle, given } = await v1File(t, { responsibleParties: true })
  const milestone = given.milestone()
  const task = given.task({ milestoneId: milestone })
  const template = given.template({ taskId: task })
  const instance = given.instance({ projectMilestoneTaskId: template, notes: 'as agreed' })
  const run = await runHere(path, 'migrate', { onInvalidRow: 'quarantine' })
  t.equal(run.state, 'succeeded', JSON.stringify(run.error))
  handle.close()
  return { path, milestone, task, template, instance }
}

const chain = await migratedChain(t)

/** A copy of it, whose rows stop fitting. */
function onCopy(t: Test) {
  const file = copiedFile(t, chain.path)
  const passes = async () => {
    const { report } = await runHere(file.path, 'validate')
    t.same(report?.checks.filter(({ status }) => status === 'failed') ?? [], [])
    t.same(unaccounted(file.handle), [])
  }
  return { ...chain, ...file, passes }
}

t.test('a write of v2 to a row that v1 has made unfit', async (t) => {
  t.test('leaves every value of v1 as it is that it does not change', async (t) => {
    const { handle, instance, row, passes } = onCopy(t)
    handle.exec(`UPDATE supplier_task_instances SET dueDate = 'soon', isApplied = 'perhaps', notes = 'newer'`)
    handle.exec(`UPDATE v2_supplier_task_instances SET status = 'blocked', blockedReason = 'no parts'`)
    t.match(row('supplier_task_instances', instance), {
      status: 'blocked',
      dueDate: 'soon',
      isApplied: 'perhaps',
      notes: 'newer',
    })
    t.same(waiting(handle), [{ rowId: instance, reason: 'bad-date:dueDate' }])
    await passes()
  })

  t.test('mends what it changes, and the row has v1’s other values then', async (t) => {
    const { handle, instance, row, passes } = onCopy(t)
    handle.exec(`UPDATE supplier_task_instances SET dueDate = 'soon', notes = 'newer'`)
    handle.exec(`UPDATE v2_supplier_task_instances SET owner = 'Ann', dueDate = ${DUE + 1}`)
    t.match(row('supplier_task_instances', instance), { dueDate: DUE + 1, notes: 'newer' })
    t.match(row('v2_supplier_task_instances', instance), { dueDate: DUE + 1, notes: 'newer', owner: 'Ann' })
    t.same(waiting(handle), [])
    t.equal(resolution(handle, instance), 'migrated')
    await passes()
  })

  for (const [table, v1, v2, broken, change] of [
    ['milestone', 'milestones', 'v2_task_type_sections', 'createdAt', `description = 'seen'`],
    ['task', 'tasks', 'v2_tasks', 'isRequired', `description = 'seen'`],
    ['template', 'project_milestone_tasks', 'v2_project_task_templates', 'dueDate', `notes = 'seen'`],
  ] as const)
    t.test(`keeps an unfit ${table} as v1 has it`, async (t) => {
      const { handle, row, passes, ...ids } = onCopy(t)
      handle.exec(`UPDATE ${v1} SET ${broken} = 'soon'`)
      handle.exec(`UPDATE ${v2} SET ${change}`)
      const stored = row(v1, ids[table])
      t.equal(stored?.[broken], 'soon')
      t.ok(Object.values(stored ?? {}).includes('seen'))
      t.match(waiting(handle), [{ rowId: ids[table] }])
      await passes()
    })

  t.test('keeps a reference of v1 that leads nowhere', async (t) => {
    const { handle, template, row, passes } = onCopy(t)
    handle.exec(`UPDATE project_milestone_tasks SET taskId = 'gone'`)
    handle.exec(`UPDATE v2_project_task_templates SET notes = 'seen'`)
    t.match(row('project_milestone_tasks', template), { taskId: 'gone', notes: 'seen' })
    t.same(waiting(handle), [{ rowId: template, reason: 'orphan:taskId' }])
    await passes()
  })

  for (const [table, v1, v2, column, change] of [
    ['template', 'project_milestone_tasks', 'v2_project_task_templates', 'projectId', `dueDate = ${DUE + 1}`],
    [
      'instance',
      'supplier_task_instances',
      'v2_supplier_task_instances',
      'projectMilestoneTaskId',
      `isApplied = 0`,
    ],
    ['task', 'tasks', 'v2_tasks', 'milestoneId', 'sequence = 7'],
  ] as const)
    t.test(`is not refused where the ${table} is an orphan in v1 and foreign keys are on`, async (t) => {
      const { handle, row, passes, ...ids } = onCopy(t)
      handle.exec(`UPDATE ${v1} SET ${column} = 'gone'`)
      handle.pragma('foreign_keys = ON')
      t.doesNotThrow(() => handle.exec(`UPDATE ${v2} SET ${change}`))
      t.equal(row(v1, ids[table])?.[column], 'gone')
      t.equal(String(handle.prepare(`SELECT ${change} FROM ${v1}`).pluck().get()), '1')
      t.match(waiting(handle), [{ rowId: ids[table], reason: `orphan:${column}` }])
      handle.pragma('foreign_keys = OFF')
      await passes()
    })

  t.test('that refers to something else mends what leads nowhere', async (t) => {
    const { handle, given, template, task, row, passes } = onCopy(t)
    const other = given.task({ milestoneId: given.milestone() })
    handle.exec(`UPDATE project_milestone_tasks SET projectId = 'gone', notes = 'newer'`)
    handle.pragma('foreign_keys = ON')
    handle
      .prepare(
        `UPDATE v2_project_task_templates SET taskId = ?,
      sectionId = (SELECT sectionId FROM v2_tasks WHERE id = ?) WHERE id = ?`,
      )
      .run(other, other, template)
    t.match(row('project_milestone_tasks', template), {
      taskId: other,
      projectId: row('v2_project_task_templates', template)?.projectId,
      notes: 'newer',
    })
    t.not(task, other)
    t.same(waiting(handle), [])
    await passes()
  })

  t.test('that deletes it leaves on record what v1 had', async (t) => {
    const { handle, instance, passes } = onCopy(t)
    handle.exec(`UPDATE supplier_task_instances SET dueDate = 'soon'`)
    handle.exec(`DELETE FROM v2_supplier_task_instances`)
    t.equal(handle.prepare('SELECT count(*) FROM supplier_task_instances').pluck().get(), 0)
    t.equal(resolution(handle, instance), 'gone')
    await passes()
  })
})

t.test('a write of v2 above a row in quarantine', async (t) => {
  t.test('that takes it along in v1 leaves it on record as gone', async (t) => {
    const { handle, given, template, passes } = onCopy(t)
    const held = given.instance({ projectMilestoneTaskId: template, status: 'lost' })
    t.same(waiting(handle), [{ rowId: held, reason: 'invalid-status:status' }])
    handle.pragma('foreign_keys = ON')
    handle.prepare('DELETE FROM v2_project_task_templates WHERE id = ?').run(template)
    t.same(waiting(handle), [])
    t.equal(resolution(handle, held), 'gone')
    await passes()
  })

  t.test('that gives its parent another id is on record with it', async (t) => {
    const { handle, given, template, passes } = onCopy(t)
    const held = given.instance({ projectMilestoneTaskId: template, status: 'lost' })
    handle.pragma('foreign_keys = ON')
    handle.exec(`UPDATE v2_project_task_templates SET id = id || 'x'`)
    t.same(waiting(handle), [{ rowId: held, reason: 'invalid-status:status' }])
    await passes()
  })

  t.test(
    'that gives the parent it had another id is on record with it, though v2 has it elsewhere',
    async (t) => {
      const { handle, given, instance, passes } = onCopy(t)
      const other = given.template()
      handle
        .prepare(`UPDATE supplier_task_instances SET projectMilestoneTaskId = ?, dueDate = 'soon'`)
        .run(other)
      t.same(waiting(handle), [{ rowId: instance, reason: 'bad-date:dueDate' }])
      handle.pragma('foreign_keys = ON')
      handle.prepare(`UPDATE v2_project_task_templates SET id = id || 'x' WHERE id = ?`).run(other)
      t.same(waiting(handle), [{ rowId: instance, reason: 'bad-date:dueDate' }])
      await passes()
    },
  )

  t.test('that puts an instance below an assignment without its supplier has it on record', async (t) => {
    const { handle, given, passes } = onCopy(t)
    const assignment = given.assignment({ supplierId: 'gone' })
    const added = given.template()
    const before = waiting(handle)
    handle
      .prepare(
        `INSERT INTO v2_supplier_task_instances SELECT 'cnew', ?, ?, status, dueDate, actualDueDate, owner, notes,
      isApplied, blockedReason, submissionFiles, completedAt, createdAt, updatedAt FROM v2_supplier_task_instances LIMIT 1`,
      )
      .run(assignment, added)
    t.same(waiting(handle), [...before, { rowId: 'cnew', reason: 'dependant:supplierProjectInstanceId' }])
    await passes()
  })
})

t.test('a write of v2 beside a milestone whose name is no text', async (t) => {
  for (const [kind, code] of [
    ['by a rule', 'PA2'],
    ['not at all', 'X9'],
  ] as const)
    t.test(`is not refused where the section is named ${kind}`, async (t) => {
      const { handle, given, passes } = onCopy(t)
      const taskTypeId = given.taskType()
      const milestone = given.milestone({ taskTypeId, code })
      const name = () =>
        handle.prepare('SELECT name FROM v2_task_type_sections WHERE id = ?').pluck().get(milestone)
      const inV2 = name()
      handle.prepare('UPDATE milestones SET name = ? WHERE id = ?').run(Buffer.from([0xff, 0]), milestone)
      const insert = `INSERT INTO v2_task_type_sections SELECT 'cnew', taskTypeId, 'NEW', name, description, sequence, isRequired,
        createdAt, updatedAt FROM v2_task_type_sections WHERE id = ?`
      t.throws(() => handle.prepare(insert).run(milestone), /UNIQUE/, 'the name is taken in v2')
      t.doesNotThrow(() => handle.prepare(insert.replace(' name,', ` name || '!',`)).run(milestone))
      t.equal(name(), inV2)
      await passes()
    })
})

t.test('a write of v1', async (t) => {
  t.test('is not refused for the first template of a task type whose createdAt says nothing', async (t) => {
    const { handle, given, row, passes } = onCopy(t)
    const template = given.template({ createdAt: 'soon' })
    t.same(waiting(handle), [{ rowId: template, reason: 'bad-date:createdAt' }])
    const pairs = () => handle.prepare('SELECT count(*) FROM v2_project_task_types').pluck().get()
    t.equal(pairs(), 1, 'the task type waits with it')
    await passes()
    handle.prepare('UPDATE project_milestone_tasks SET createdAt = ? WHERE id = ?').run(CREATED, template)
    t.same(waiting(handle), [])
    t.equal(pairs(), 2, 'and comes with it')
    t.ok(row('v2_project_task_templates', template))
    await passes()
  })

  t.test('takes the dates of a project’s task type from those that are dates of ours', async (t) => {
    const { handle, given, passes } = onCopy(t)
    const projectId = given.project()
    const milestoneId = given.milestone()
    for (const createdAt of [5, CREATED, 'soon'])
      given.template({ projectId, taskId: given.task({ milestoneId }), createdAt })
    t.match(
      handle
        .prepare('SELECT createdAt, updatedAt FROM v2_project_task_types WHERE projectId = ?')
        .all(projectId),
      [{ createdAt: CREATED, updatedAt: CREATED }],
    )
    await passes()
  })
})

t.test('a task type that gets the id to which orphaned milestones refer', async (t) => {
  for (const foreignKeys of ['ON', 'OFF'])
    t.test(`takes them along to v2, with foreign keys ${foreignKeys}`, async (t) => {
      const { path, handle, given } = await v1File(t)
      const taskType = given.taskType()
      const own = given.milestone({ taskTypeId: taskType })
      const orphans = [1, 2].map(() => given.milestone({ taskTypeId: 'lost' }))
      const tasks = orphans.map((milestoneId) => given.task({ milestoneId, name: 'alike' }))
      const [template, twin, back] = [tasks[0], orphans[1], own].map((milestoneId, n) =>
        given.template({ taskId: tasks[0] ?? '', ...(n === 0 ? {} : { milestoneId: milestoneId ?? '' }) }),
      )
      for (const projectMilestoneTaskId of [template, twin, back])
        given.instance({ projectMilestoneTaskId: projectMilestoneTaskId ?? '' })
      await runHere(path, 'migrate', { onInvalidRow: 'quarantine' })
      t.ok(waiting(handle).length > 0)
      const rowsOf = (table: string) => handle.prepare(`SELECT id FROM ${table} ORDER BY id`).pluck().all()
      const tables = ['milestones', 'tasks', 'project_milestone_tasks', 'supplier_task_instances']
      const before = tables.map(rowsOf)
      handle.pragma(`foreign_keys = ${foreignKeys}`)
      handle.exec(`UPDATE task_types SET id = 'lost' WHERE id = '${taskType}'`)
      const after = tables.map(rowsOf)
      t.same(
        before.map((ids, n) => ids.filter((id) => !after[n]?.includes(id))),
        tables.map(() => []),
        'v1 keeps every row',
      )
      const inV2 = new Set(rowsOf('v2_project_task_templates'))
      t.ok(inV2.has(template) && inV2.has(twin))
      // What the old id was referred to by is what is lost now.
      t.equal(waiting(handle).length > 0, foreignKeys === 'OFF')
      const { report } = await runHere(path, 'validate')
      t.same(report?.checks.filter(({ status }) => status === 'failed') ?? [], [])
      t.same(unaccounted(handle), [])
    })
})

t.test('a template under a twin that stops fitting', async (t) => {
  const onTwin = async (t: Test) => {
    const file = onCopy(t)
    const { handle, given, task, template, milestone } = file
    const other = given.milestone()
    handle.prepare('UPDATE project_milestone_tasks SET milestoneId = ? WHERE id = ?').run(other, template)
    const twin = `${task}~${other}`
    const namesInV2 = () =>
      handle.prepare('SELECT name FROM v2_tasks WHERE id = ?').pluck().all(twin) as string[]
    const [name] = namesInV2()
    t.equal(name, file.row('tasks', task)?.name)
    handle.prepare(`UPDATE project_milestone_tasks SET milestoneId = 'nowhere' WHERE id = ?`).run(template)
    t.same(waiting(handle)[0], { rowId: template, reason: 'orphan:milestoneId' })
    t.same(namesInV2(), [name], 'the twin stays as it was')
    return { ...file, namesInV2, milestone }
  }

  t.test('lets its twin go when it is filed elsewhere', async (t) => {
    const { handle, milestone, template, namesInV2, passes } = await onTwin(t)
    handle.prepare('UPDATE project_milestone_tasks SET milestoneId = ? WHERE id = ?').run(milestone, template)
    t.same(namesInV2(), [])
    await passes()
  })

  t.test('lets its twin go when it is deleted', async (t) => {
    const { handle, template, namesInV2, passes } = await onTwin(t)
    handle.pragma('foreign_keys = ON')
    handle.prepare('DELETE FROM project_milestone_tasks WHERE id = ?').run(template)
    t.same(namesInV2(), [])
    await passes()
  })

  t.test('is on record with its own task, where that has lost its milestone', async (t) => {
    const { handle, given, task, template, passes } = onCopy(t)
    const other = given.milestone()
    handle.prepare('UPDATE project_milestone_tasks SET milestoneId = ? WHERE id = ?').run(other, template)
    handle.exec('PRAGMA ignore_check_constraints = ON')
    handle.prepare(`UPDATE tasks SET milestoneId = 'gone' WHERE id = ?`).run(task)
    t.same(
      handle
        .prepare(
          `SELECT rule, original FROM migration_lineage WHERE mapping = 'templates' AND rowId = ? AND "column" = 'taskId'`,
        )
        .all(template),
      [{ rule: 'twin', original: task }],
    )
    await passes()
  })
})

t.test('a twin that v2 has changed', async (t) => {
  const settled = (t: Test) => {
    const file = onCopy(t)
    const { handle, given, task } = file
    const other = given.milestone()
    const projectId = given.project()
    const astray = given.template({ taskId: task, milestoneId: other, projectId })
    const twin = `${task}~${other}`
    handle.prepare(`UPDATE v2_tasks SET description = 'seen' WHERE id = ?`).run(twin)
    t.match(file.row('project_milestone_tasks', astray), { taskId: twin, milestoneId: other })
    return { ...file, other, twin }
  }

  t.test('is the only one: another template that wants it waits', async (t) => {
    const { handle, given, task, other, twin, row, passes } = settled(t)
    const late = given.template({ taskId: task, milestoneId: other })
    t.same(waiting(handle), [{ rowId: late, reason: 'misfiled-template:taskId' }])
    t.match(row('v2_tasks', twin), { description: 'seen' })
    await passes()
    handle.prepare('UPDATE project_milestone_tasks SET taskId = ? WHERE id = ?').run(twin, late)
    t.same(waiting(handle), [])
    t.match(row('v2_project_task_templates', late), { taskId: twin })
    await passes()
  })

  t.test('lets the next have its name once it is gone', async (t) => {
    const { handle, given, task, other, twin, row, passes } = settled(t)
    const late = given.template({ taskId: task, milestoneId: other })
    handle.pragma('foreign_keys = ON')
    handle.prepare('DELETE FROM tasks WHERE id = ?').run(twin)
    t.same(waiting(handle), [])
    t.match(row('v2_project_task_templates', late), { taskId: twin })
    await passes()
  })

  t.test('leaves others their names that were told apart from it', async (t) => {
    const { handle, given, passes } = onCopy(t)
    const homes = ['AA1', 'AA2'].map((code) => given.milestone({ code }))
    const [one, two] = homes.map((milestoneId) => given.task({ milestoneId, name: 'Report' }))
    const other = given.milestone()
    for (const taskId of [one ?? '', two ?? '']) given.template({ taskId, milestoneId: other })
    const names = () =>
      handle.prepare('SELECT name FROM v2_tasks WHERE sectionId = ? ORDER BY id').pluck().all(other)
    t.same(names(), ['Report (AA1)', 'Report (AA2)'])
    handle.pragma('foreign_keys = ON')
    handle.prepare(`UPDATE v2_task_type_sections SET id = id || 'x' WHERE id = ?`).run(homes[0])
    t.same(names(), ['Report (AA1)', 'Report (AA2)'])
    await passes()
  })
})

t.test('a row that waits', async (t) => {
  t.test('gives way to a twin that has its name by v1’s rules, and has it again once it fits', async (t) => {
    const { handle, given, passes } = onCopy(t)
    const [home, other] = [given.milestone(), given.milestone({ code: 'AA1' })]
    const waits = given.task({ milestoneId: home, name: 'Audit' })
    const filed = given.task({ milestoneId: other, name: 'Audit' })
    const names = () =>
      handle.prepare('SELECT id, name FROM v2_tasks WHERE sectionId = ? ORDER BY id').all(home)
    for (const lost of ['gone', 'gone again']) {
      handle.prepare('UPDATE tasks SET milestoneId = ? WHERE id = ?').run(lost, waits)
      t.match(waiting(handle), [{ rowId: waits, reason: /^orphan:milestoneId/ }])
      const template = given.template({ taskId: filed, milestoneId: home })
      t.same(names(), [
        { id: waits, name: `Audit (${waits})` },
        { id: `${filed}~${home}`, name: 'Audit' },
      ])
      await passes()
      handle.prepare('UPDATE tasks SET milestoneId = ? WHERE id = ?').run(home, waits)
      t.same(names(), [
        { id: waits, name: 'Audit' },
        { id: `${filed}~${home}`, name: 'Audit (AA1)' },
      ])
      await passes()
      handle.pragma('foreign_keys = ON')
      handle.prepare('DELETE FROM project_milestone_tasks WHERE id = ?').run(template)
      handle.pragma('foreign_keys = OFF')
      t.same(names(), [{ id: waits, name: 'Audit' }])
    }
  })

  t.test('gives way to a task, and to a section', async (t) => {
    const { handle, given, row, passes } = onCopy(t)
    const taskTypeId = given.taskType()
    const milestone = given.milestone({ name: 'Launch', taskTypeId })
    const task = given.task({ milestoneId: milestone, name: 'Audit' })
    handle.prepare('UPDATE tasks SET milestoneId = ? WHERE id = ?').run('gone', task)
    const next = given.task({ milestoneId: milestone, name: 'Audit' })
    t.match(row('v2_tasks', task), { name: `Audit (${task})` })
    t.match(row('v2_tasks', next), { name: 'Audit' })
    await passes()
    handle.prepare(`UPDATE milestones SET name = 'Later', createdAt = 'soon' WHERE id = ?`).run(milestone)
    const launch = given.milestone({ name: 'Launch', taskTypeId })
    t.match(row('v2_task_type_sections', milestone), { name: `Launch (${milestone})` })
    t.match(row('v2_task_type_sections', launch), { name: 'Launch' })
    await passes()
  })

  /** v1's table, what makes its rows unfit, and v2's. */
  const replaceable = {
    sections: ['milestones', `createdAt = 'soon'`, 'v2_task_type_sections'],
    tasks: ['tasks', `sequence = 'first'`, 'v2_tasks'],
    templates: ['project_milestone_tasks', `dueDate = 'soon'`, 'v2_project_task_templates'],
    instances: ['supplier_task_instances', `dueDate = 'soon'`, 'v2_supplier_task_instances'],
  } as const
  for (const [mapping, [source, misfit, target]] of Object.entries(replaceable)) {
    /** A copy whose row of the mapping waits, and what writes another with its key to v2. */
    function withWaiting(t: Test) {
      const file = onCopy(t)
      const { handle } = file
      handle.exec(`UPDATE ${source} SET ${misfit}`)
      handle.pragma('foreign_keys = ON')
      const id = handle
        .prepare('SELECT rowId FROM migration_quarantine WHERE mapping = ? AND resolution IS NULL')
        .pluck()
        .get(mapping) as string
      const others = handle
        .prepare(`SELECT name FROM pragma_table_info('${target}') WHERE name <> 'id'`)
        .pluck()
        .all()
        .join(', ')
      const again = (verb: string) =>
        handle
          .prepare(
            `${verb} INTO ${target} (id, ${others}) SELECT 'next', ${others} FROM ${target} WHERE id = ?`,
          )
          .run(id)
      const left = (table: string) =>
        handle.prepare(`SELECT id FROM ${table} WHERE id IN (?, 'next')`).pluck().all(id)
      return { ...file, id, again, left }
    }

    t.test(`is gone from ${source} once a console has replaced it in v2`, async (t) => {
      const { handle, id, again, left, passes } = withWaiting(t)
      t.equal(again('INSERT OR REPLACE').changes, 1)
      t.same(left(target), ['next'])
      t.same(left(source), ['next'])
      t.equal(resolution(handle, id), 'gone')
      await passes()
    })

    t.test(`stays in ${source} where what would replace it in v2 is ignored, or refused`, async (t) => {
      const { handle, id, again, left, passes } = withWaiting(t)
      t.equal(again('INSERT OR IGNORE').changes, 0)
      t.throws(() => again('INSERT'), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
      t.same(left(target), [id])
      t.same(left(source), [id])
      t.equal(resolution(handle, id), null)
      await passes()
    })
  }

  t.test('is gone from v1 once another of v2 has taken its place', async (t) => {
    const { handle, given, milestone, instance, passes } = onCopy(t)
    const template = given.template({ taskId: given.task({ milestoneId: milestone }) })
    const other = given.instance({ projectMilestoneTaskId: template })
    handle.prepare(`UPDATE supplier_task_instances SET dueDate = 'soon' WHERE id = ?`).run(instance)
    handle
      .prepare(
        `UPDATE OR REPLACE v2_supplier_task_instances SET projectTaskTemplateId = w.projectTaskTemplateId,
         supplierProjectInstanceId = w.supplierProjectInstanceId
         FROM v2_supplier_task_instances w WHERE w.id = ? AND v2_supplier_task_instances.id = ?`,
      )
      .run(instance, other)
    t.same(handle.prepare('SELECT id FROM v2_supplier_task_instances').pluck().all(), [other])
    t.same(handle.prepare('SELECT id FROM supplier_task_instances').pluck().all(), [other])
    t.equal(resolution(handle, instance), 'gone')
    await passes()
  })
})

t.test('a sub-task that v1 moves to where it does not fit', async (t) => {
  /** A sub-task of the chain's task, and another milestone with its section. */
  const withSubTask = (t: Test) => {
    const file = onCopy(t)
    const { handle, task } = file
    handle.exec(`INSERT INTO milestones SELECT 'elsewhere', taskTypeId, 'ELSE', 'Elsewhere', description, 9, isRequired, createdAt, updatedAt
        FROM milestones WHERE id = '${file.milestone}';
      INSERT INTO v2_tasks SELECT 'sub', taskTypeId, sectionId, id, 'Measure', description, 1, NULL, NULL, isRequired, createdAt, updatedAt
        FROM v2_tasks WHERE id = '${task}'`)
    return file
  }

  t.test('stays under its task, until it comes to another milestone', async (t) => {
    const { handle, task, row, passes } = withSubTask(t)
    handle.exec(
      `PRAGMA foreign_keys = OFF; UPDATE tasks SET milestoneId = 'nowhere' WHERE id = 'sub'; PRAGMA foreign_keys = ON`,
    )
    t.same(waiting(handle), [{ rowId: 'sub', reason: 'orphan:milestoneId' }])
    t.match(row('v2_tasks', 'sub'), { parentTaskId: task })
    handle.exec(`UPDATE tasks SET milestoneId = 'elsewhere' WHERE id = 'sub'`)
    t.match(row('v2_tasks', 'sub'), { parentTaskId: null, sectionId: 'elsewhere', name: 'Measure' })
    await passes()
  })

  t.test('stays under its task when it is back in its milestone', async (t) => {
    const { handle, task, milestone, row, passes } = withSubTask(t)
    handle.exec(
      `PRAGMA foreign_keys = OFF; UPDATE tasks SET milestoneId = 'nowhere' WHERE id = 'sub'; PRAGMA foreign_keys = ON;
      UPDATE tasks SET milestoneId = '${milestone}' WHERE id = 'sub'`,
    )
    t.match(row('v2_tasks', 'sub'), { parentTaskId: task, sectionId: milestone })
    await passes()
  })

  t.test('leaves it once the milestone is mended to which it has moved', async (t) => {
    const { handle, task, milestone, row, passes } = withSubTask(t)
    handle.exec(
      `PRAGMA foreign_keys = OFF;
      INSERT INTO milestones SELECT 'held', 'nowhere', 'HELD', 'Held', NULL, 9, 1, createdAt, updatedAt FROM milestones WHERE id = '${milestone}';
      UPDATE tasks SET milestoneId = 'held' WHERE id = 'sub'; PRAGMA foreign_keys = ON`,
    )
    t.match(row('v2_tasks', 'sub'), { parentTaskId: task, sectionId: milestone })
    handle.exec(
      `UPDATE milestones SET taskTypeId = (SELECT taskTypeId FROM milestones WHERE id = '${milestone}') WHERE id = 'held'`,
    )
    t.match(row('v2_tasks', 'sub'), { parentTaskId: null, sectionId: 'held', name: 'Measure' })
    await passes()
  })
})
