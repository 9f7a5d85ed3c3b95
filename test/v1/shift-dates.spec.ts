import t from 'tap'
import { build, march } from './build.js'

/** Two project milestone tasks of one project, and one of another, all under one milestone. */
async function buildProjects(t: import('tap').Test, dueDate: string | number = march(10)) {
  const v1 = await build(t)
  const { given, app } = v1
  const milestoneId = given.milestone()
  const [here, there] = [given.project(), given.project()]
  const ids = [
    given.template({ projectId: here, milestoneId, dueDate }),
    given.template({ projectId: here, milestoneId, dueDate: march(20) }),
    given.template({ projectId: there, milestoneId, dueDate: march(10) }),
  ] as const
  const shift = async (payload: object) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/projects/${here}/shift-dates`, payload })
    return answer.json<{ projectMilestoneTasks: object[] }>()
  }
  const stored = () => ids.map((id) => v1.stored('project_milestone_tasks', id)?.dueDate)
  return { ...v1, here, ids, milestoneId, shift, stored }
}

t.test('shifting dates in v1', async (t) => {
  t.test('reads a date in any form, and writes epoch milliseconds', async (t) => {
    const { shift, stored } = await buildProjects(t, '2026-03-10 12:00:00')
    t.match(await shift({ days: 1 }), {
      dryRun: false,
      projectMilestoneTasks: [
        { from: '2026-03-10T12:00:00.000Z', to: '2026-03-11T12:00:00.000Z', stays: null },
        {},
      ],
    })
    t.same(stored(), [march(11) + 12 * 60 * 60 * 1000, march(21), march(10)])
  })

  t.test('leaves a date that nobody can read, and says so', async (t) => {
    const { shift, stored, given, ids } = await buildProjects(t, 'next week')
    const projectMilestoneTaskId = ids[0]
    given.instance({ projectMilestoneTaskId, dueDate: 'next week' })
    t.match((await shift({ days: 1 })).projectMilestoneTasks, [
      { id: ids[0], from: null, to: null, stays: 'unreadable-date', propagation: { updated: 0 } },
      { id: ids[1], stays: null },
    ])
    t.same(stored(), ['next week', march(21), march(10)])
  })

  t.test('of all projects goes by the flags in any form', async (t) => {
    const { shift, stored, milestoneId, sqlConsole, ids } = await buildProjects(t)
    const scope = 'all-projects-using-type'
    const flag = sqlConsole.prepare('update project_milestone_tasks set isActive = ? where id = ?')
    flag.run('FALSE', ids[2])
    t.match((await shift({ days: 1, milestoneId, scope })).projectMilestoneTasks[2], {
      stays: 'task-type-off',
    })
    flag.run('true', ids[2])
    await shift({ days: 1, milestoneId, scope })
    t.same(stored(), [march(12), march(22), march(11)])
  })

  t.test('of a project includes what stands under a milestone that does not exist', async (t) => {
    const { shift, stored, sqlConsole } = await buildProjects(t)
    sqlConsole.exec('delete from milestones')
    await shift({ days: 1 })
    t.same(stored(), [march(11), march(21), march(10)])
  })
})
