import t from 'tap'
import { allGroupsOn } from '../../src/kernel/api-groups.js'
import type { App } from '../../src/http/type-provider.js'
import { ended, post, read, served, v1Path } from './served.js'

const DAY_MS = 86_400_000
const AS_OF = '2026-06-01'
const STATUSES = ['not_started', 'in_progress', 'completed', 'blocked', 'cancelled']

type Version = 'v1' | 'v2'

const templatesOf = { v1: 'project-milestone-tasks', v2: 'project-task-templates' }

/** Writes, each of which is remembered once it was acknowledged. */
function clerk(
  app: App,
  ids: { instances: string[]; templates: string[]; taskType: string; section: string },
) {
  const promised = new Map<string, Record<string, unknown>>()
  const created = new Set<string>()
  let count = 0

  const patch = async (version: Version, path: string, id: string, payload: Record<string, unknown>) => {
    const answer = await app.inject({ method: 'PATCH', url: `/${version}/${path}/${id}`, payload })
    if (answer.statusCode !== 200) throw new Error(`${version}/${path}: ${answer.body}`)
    promised.set(`${path === 'supplier-task-instances' ? path : 'templates'} ${id}`, payload)
  }
  const create = async (version: Version) => {
    const name = `Made in ${version}, ${count}`
    const place =
      version === 'v1' ? { milestoneId: ids.section } : { taskTypeId: ids.taskType, sectionId: ids.section }
    const answer = await app.inject({
      method: 'POST',
      url: `/${version}/tasks`,
      payload: { ...place, name, sequence: count },
    })
    if (answer.statusCode !== 201) throw new Error(answer.body)
    created.add(answer.json<{ id: string }>().id)
  }

  return {
    promised,
    created,
    async write(version: Version) {
      count++
      const instance = ids.instances[count % ids.instances.length] ?? ''
      await patch(version, 'supplier-task-instances', instance, {
        notes: `${version}, ${count}`,
        status: STATUSES[count % STATUSES.length],
      })
      const template = ids.templates[count % ids.templates.length] ?? ''
      const dueDate = new Date(Date.UTC(2026, 4, 1) + count * DAY_MS).toISOString()
      await patch(version, templatesOf[version], template, { dueDate })
      await create(version)
    },
  }
}

async function idsIn(app: App, path: string): Promise<string[]> {
  const { body } = await read(app, `/v1/${path}?limit=12`)
  return (body.items as { id: string }[]).map(({ id }) => id)
}

t.test(
  'the drill: there, back, for good back, there again, and the day v1 goes',
  { timeout: 600_000 },
  async (t) => {
    let offset = 0
    const app = await served(t, v1Path(t, 1_000), {}, () => Date.now() + offset)
    const { body: milestones } = await read(app, '/v1/milestones?limit=1')
    const [milestone] = milestones.items as { id: string; taskTypeId: string }[]
    const work = clerk(app, {
      instances: await idsIn(app, 'supplier-task-instances'),
      templates: await idsIn(app, 'project-milestone-tasks'),
      taskType: milestone?.taskTypeId ?? '',
      section: milestone?.id ?? '',
    })
    const { promised, created } = work

    const lostIn = async (version: Version): Promise<unknown[]> => {
      const lost: unknown[] = []
      for (const [key, expected] of promised) {
        const [kind = '', id = ''] = key.split(' ')
        const path = kind === 'templates' ? templatesOf[version] : kind
        const { body } = await read(app, `/${version}/${path}/${id}`)
        for (const [field, value] of Object.entries(expected))
          if (body[field] !== value) lost.push({ version, key, field, value, actual: body[field] })
      }
      for (const id of created)
        if ((await read(app, `/${version}/tasks/${id}`)).status !== 200) lost.push({ version, id })
      return lost
    }
    const countsOf = async (version: Version) =>
      (await read(app, `/${version}/dashboard?asOf=${AS_OF}`)).body.totals as Record<string, unknown>

    const job = async (name: string, options: object = {}) => {
      const { body } = await post(app, name, options, 'respond-async')
      const { state, error } = await ended(app, body.id)
      t.same({ state, error }, { state: 'succeeded', error: null }, name)
      return body.id
    }
    const under = async (version: Version, name: string, options: object = {}) => {
      const running = { yes: true }
      const writing = (async () => {
        while (running.yes) {
          await work.write(version)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      })()
      const id = await job(name, options)
      running.yes = false
      await writing
      return id
    }
    /** Nothing that was acknowledged is missing, and both dashboards agree where there are two. */
    const nothingLost = async (stage: string) => {
      t.equal((await read(app, '/admin/status')).body.stage, stage)
      const versions: Version[] =
        stage === 'cutover' ? ['v1', 'v2'] : stage === 'contracted' ? ['v2'] : ['v1']
      for (const version of versions) t.same(await lostIn(version), [], `${stage}, ${version}`)
      if (stage === 'cutover') t.same(await countsOf('v2'), await countsOf('v1'))
      if (stage === 'migrated') await job('validate')
    }

    await t.test('migrate under load', async () => {
      await under('v1', 'migrate', { chunkMs: 1 })
      await nothingLost('migrated')
    })
    await t.test('cut over, and write through both versions', async () => {
      await under('v1', 'cutover', { groups: allGroupsOn('v2') })
      for (let n = 0; n < 10; n++) await work.write(n % 2 === 0 ? 'v1' : 'v2')
      await nothingLost('cutover')
    })
    await t.test('write on through v2, go back, and write through v1', async () => {
      for (let n = 0; n < 5; n++) await work.write('v2')
      await job('rollback', { level: 'api' })
      await nothingLost('migrated')
      for (let n = 0; n < 5; n++) await work.write('v1')
      await nothingLost('migrated')
    })
    await t.test('forward again', async () => {
      await job('cutover', { groups: allGroupsOn('v2') })
      for (let n = 0; n < 5; n++) await work.write('v2')
      await nothingLost('cutover')
    })
    await t.test('go back for good, under load', async () => {
      await job('rollback', { level: 'api' })
      await under('v1', 'rollback', { level: 'schema' })
      await nothingLost('v1')
    })
    await t.test('migrate again, with what only v2 had, and cut over', async () => {
      const { body } = await read(app, '/admin/backups')
      const rollback = (body.items as { id: string; summary: { job: string } }[]).find(
        ({ summary }) => summary.job === 'rollback',
      )
      await under('v1', 'migrate', { bringBack: rollback?.id })
      await nothingLost('migrated')
      await job('cutover', { groups: allGroupsOn('v2') })
      for (let n = 0; n < 5; n++) await work.write('v2')
      await nothingLost('cutover')
    })
    await t.test('31 days later v1 goes, under load on v2', async () => {
      offset = 31 * DAY_MS
      await job('validate')
      const before = await countsOf('v1')
      t.same(await countsOf('v2'), before)
      await under('v2', 'contract', { confirm: 'drop-v1', quietDays: 0 })
      await nothingLost('contracted')
      t.equal((await read(app, '/v1/dashboard')).status, 410)
      for (let n = 0; n < 5; n++) await work.write('v2')
      await nothingLost('contracted')
    })
    t.ok(promised.size > 20 && created.size > 40, `${created.size} tasks were made`)
  },
)
