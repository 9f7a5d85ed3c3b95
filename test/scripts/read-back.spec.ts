import t, { type Test } from 'tap'
import { acknowledgedWrites } from '../../scripts/demo/acknowledged-writes.js'
import { clientOver, getAll, type ApiClient, type Json } from '../../scripts/demo/api-client.js'
import { readBack } from '../../scripts/demo/read-back.js'
import { post, served } from '../admin/served.js'
import { DAY, legacyFile } from '../to-v2/legacy-file.js'
import { DUE } from '../to-v2/v1-file.js'

/** An assignment with two instances, whose supplier also has one of the old model in the same project. */
async function migrated(t: Test): Promise<ApiClient> {
  const { given, legacy, handle, path } = await legacyFile(t)
  const [supplierId, projectId] = [given.supplier(), given.project()]
  const supplierProjectInstanceId = given.assignment({ supplierId, projectId })
  for (const dueDate of [DUE, DUE + DAY])
    given.instance({
      supplierProjectInstanceId,
      projectMilestoneTaskId: given.template({ projectId, dueDate }),
    })
  legacy.instance({
    supplierProjectId: legacy.assignment({ supplierId, projectId }),
    taskTemplateId: legacy.template({ taskTypeId: given.taskType(), projectId }),
  })
  handle.close()
  const app = await served(t, path)
  const { body } = await post(app, 'migrate', { builtInSectionNames: true, backup: false, cutover: true })
  t.equal(body.state, 'succeeded', JSON.stringify(body.error))
  return clientOver(async (method, url, payload) => {
    const answer = await app.inject({
      method: method as 'GET',
      url,
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.json<Json>() }
  })
}

t.test('what v1 acknowledged is read back from v2', async (t) => {
  const client = await migrated(t)
  const log = acknowledgedWrites()
  const assignments = await getAll<Json>(client, '/v1/supplier-project-instances')
  for (const assignment of assignments) log.wrote('assignment', assignment)

  t.test('with the instances of the old model, which v1 lists by themselves', async (t) => {
    const { rows, differences } = await readBack(client, log.items.values())
    t.strictSame(differences, [])
    t.ok(rows >= assignments.length + 2, `${rows} rows were compared`)
  })

  t.test('and an instance that v1 has nowhere is told', async (t) => {
    const hiding = clientOver(async (method, path, ...rest) => {
      const hidden = path.startsWith('/v1/task-instances/')
      return hidden ? { status: 404, body: {} } : client.request(method, path, ...rest)
    })
    const { differences } = await readBack(hiding, log.items.values())
    t.equal(differences.length, 1)
    t.match(differences[0], /supplier-task-instances \S+ is in v2, but in v1 nowhere/)
  })
})
