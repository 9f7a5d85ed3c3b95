import t from 'tap'
import { join } from 'node:path'
import { generateV1 } from '../../src/v1/generate/generate-v1.js'
import { served } from '../admin/served.js'
import { temporaryFolder } from '../helper.js'
import { adopt, sqlConsole } from '../to-v2/migrated.js'

const resources = {
  suppliers: 'suppliers',
  projects: 'projects',
  'task-types': 'task_types',
  milestones: 'milestones',
  tasks: 'tasks',
  'project-milestone-tasks': 'project_milestone_tasks',
  'supplier-project-instances': 'supplier_project_instances',
  'supplier-task-instances': 'supplier_task_instances',
  'task-templates': 'task_templates_old',
  'task-instances': 'task_instances_old',
}

t.test('rows that do not fit', async (t) => {
  const path = join(temporaryFolder(t), 'app.db')
  generateV1({ path, instances: 50, seed: 3, lenient: true, dirt: { classes: 'all', percent: 400 } })
  await adopt(path)
  const db = sqlConsole(path)
  t.teardown(() => db.close())
  const app = await served(t, path)

  for (const [resource, table] of Object.entries(resources))
    t.test(`of ${resource} are listed, and served one by one`, async (t) => {
      let listed = 0
      for (let cursor = ''; ;) {
        const answer = await app.inject(`/v1/${resource}?limit=500${cursor}`)
        t.equal(answer.statusCode, 200, answer.body.slice(0, 500))
        const { items = [], nextCursor } = answer.json<{ items?: unknown[]; nextCursor?: string | null }>()
        listed += items.length
        if (typeof nextCursor !== 'string') break
        cursor = `&cursor=${nextCursor}`
      }
      t.equal(listed, db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
      const ids = db.prepare(`SELECT id FROM ${table} WHERE id <> ''`).pluck().all() as string[]
      const refused = []
      for (const id of ids) {
        const { statusCode } = await app.inject(`/v1/${resource}/${encodeURIComponent(id)}`)
        if (statusCode !== 200) refused.push(id)
      }
      t.same(refused, [])
    })

  t.test('are counted by the dashboard', async (t) => {
    t.equal((await app.inject('/v1/dashboard')).statusCode, 200)
  })

  t.test('have null for a time that cannot be read, whichever version they are of', async (t) => {
    for (const resource of ['suppliers', 'projects', 'task-types']) {
      const { items } = (await app.inject(`/v1/${resource}?limit=500`)).json<{
        items: { createdAt: unknown }[]
      }>()
      t.ok(
        items.some(({ createdAt }) => createdAt === null),
        resource,
      )
      t.notOk(
        items.some(({ createdAt }) => createdAt === ''),
        resource,
      )
    }
  })

  t.test('show bytes as text, and no number where there is none', async (t) => {
    const { id } = db.prepare(`SELECT id FROM tasks WHERE id <> '' LIMIT 1`).get() as { id: string }
    db.prepare(`UPDATE tasks SET description = x'6162ff', sequence = 'first' WHERE id = ?`).run(id)
    const task = (await app.inject(`/v1/tasks/${id}`)).json<Record<string, unknown>>()
    t.match(task, { description: 'ab\ufffd', sequence: null })
  })
})
