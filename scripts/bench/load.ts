import { Agent, request as httpRequest } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { requestMix, type PlannedRequest, type Sample } from './requests.js'

/** What the benchmark gives this worker. Rates are requests a second, and dashboards a minute. */
export interface LoadInput {
  address: string
  sample: Sample
  reads: number
  writes: number
  dashboards: number
}

/** One request. `at` is when it was due, in epoch milliseconds; `ms` counts from then, whoever was late. */
export interface Answered {
  kind: string
  at: number
  ms: number
  /** What came instead of a success. */
  failure?: string
}

const TICK_MS = 2

const input = workerData as LoadInput
const agent = new Agent({ keepAlive: true })
const created: string[] = []
const mix = requestMix(input.sample, created)
const answered: Answered[] = []
const open = new Set<Promise<void>>()

/** Sends at a fixed rate, whether or not the answers keep up: slow answers must not thin out the load. */
function startFlow(perSecond: number, plan: (turn: number) => PlannedRequest) {
  const startedAt = performance.now()
  let turn = 0
  return () => {
    for (; performance.now() - startedAt >= (turn * 1000) / perSecond; turn++) {
      const sent = send(plan(turn), startedAt + (turn * 1000) / perSecond)
      open.add(sent)
      void sent.then(() => open.delete(sent))
    }
  }
}

async function send(planned: PlannedRequest, dueAt: number): Promise<void> {
  const { kind, method, path, body } = planned
  const failure = await exchange(planned).then(
    ({ status, text }) => {
      if (status >= 200 && status < 300) {
        if (kind === 'create task') created.push((JSON.parse(text) as { id: string }).id)
        return undefined
      }
      return `${method} ${path} ${JSON.stringify(body ?? {})}: ${status} ${text}`
    },
    (error: unknown) => `${method} ${path}: ${String(error)}`,
  )
  const at = performance.timeOrigin + dueAt
  answered.push({ kind, at, ms: performance.now() - dueAt, ...(failure === undefined ? {} : { failure }) })
}

const exchange = ({ method, path, body }: PlannedRequest) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = httpRequest(input.address + path, { agent, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })

const flows = [
  startFlow(input.reads, mix.read),
  startFlow(input.writes, mix.write),
  startFlow(input.dashboards / 60, mix.dashboard),
]
const ticking = setInterval(() => {
  for (const flow of flows) flow()
}, TICK_MS)

parentPort?.once('message', () => {
  clearInterval(ticking)
  void Promise.all(open).then(() => {
    parentPort?.postMessage(answered)
    agent.destroy()
  })
})
