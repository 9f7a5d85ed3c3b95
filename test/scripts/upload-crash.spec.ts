import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { openReaderHandle } from '../../src/db/database.js'
import { checkFiles } from '../../src/v2/submission-files/check-files.js'
import { temporaryFolder } from '../helper.js'
import { startServer } from './processes.js'

const ROUNDS = 4
const CLIENTS = 4

type Answer = Record<string, unknown> & { id: string }

/** A supplier with one task, through the API. */
async function giveInstance(address: string): Promise<string> {
  const post = async (path: string, body: object): Promise<Answer> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${address}/v2/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as Answer
  }
  const { id: taskTypeId } = await post('task-types', { name: 'Parts', category: 'General' })
  const { id: taskId } = await post('tasks', { taskTypeId, name: 'Report' })
  const { id: projectId } = await post('projects', { name: 'Model A' })
  await post('project-task-templates', { projectId, taskId, dueDate: '2026-03-01' })
  const { id: supplierId } = await post('suppliers', { name: 'Abel' })
  await post(`suppliers/${supplierId}/projects/${projectId}/assign`, {})
  const list = (await (await fetch(`${address}/v2/supplier-task-instances`)).json()) as { items: Answer[] }
  return list.items[0]?.id ?? ''
}

t.test('a server that is killed during uploads loses none that it has acknowledged', async (t) => {
  const path = join(temporaryFolder(t), 'app.db')
  const env = { DATABASE_PATH: path, LOG_LEVEL: 'info' }
  let server = await startServer(t, env)
  const id = await giveInstance(server.address)
  /** The last bytes that were acknowledged, and those that were on their way; both may be there afterwards. */
  const promised = new Map<string, Set<string>>()
  let acknowledged = 0

  const client = async (name: string, address: string) => {
    for (let n = 0; ; n++) {
      const text = `${name} ${n} ${'x'.repeat(20_000)}`
      promised.get(name)?.add(text)
      const url = `${address}/v2/supplier-task-instances/${id}/files/${name}`
      const { status } = await fetch(url, { method: 'PUT', body: text })
      if (status !== 200 && status !== 201) throw new Error(String(status))
      promised.set(name, new Set([text]))
      acknowledged++
    }
  }

  for (let round = 0; round < ROUNDS; round++) {
    const { address } = server
    const names = Array.from({ length: CLIENTS }, (_, n) => `file-${round}-${n}`)
    const clients = names.map((name) => client(name, address).catch(() => undefined))
    await wait(300 + 130 * round)
    await server.end('SIGKILL')
    await Promise.all(clients)
    server = await startServer(t, env)
  }

  t.ok(acknowledged > ROUNDS * CLIENTS, `${acknowledged} uploads were acknowledged`)
  for (const [name, texts] of promised) {
    const answer = await fetch(`${server.address}/v2/supplier-task-instances/${id}/files/${name}`)
    t.ok(texts.has(await answer.text()), name)
  }
  const handle = openReaderHandle(path)
  const check = await checkFiles(handle, join(path, '../files'), () => wait(0))
  handle.close()
  t.match(check, { filesMissing: 0 })
  t.ok(check.filesFound >= promised.size)
  t.equal((await server.end('SIGTERM')).code, 0)
})
