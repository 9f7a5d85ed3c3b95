import { request as httpRequest, Agent } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** What the benchmark gives this worker. */
export interface WriterInput {
  address: string
  /** A supplier task instance that stays. */
  instance: string
}

/** What a client that writes all the time has seen. Times are in milliseconds. */
export interface Writing {
  writes: number
  /** Those that were answered 503, and may be sent again. */
  refused: number
  failures: string[]
  longestMs: number
}

const EVERY_MS = 20

const { address, instance } = workerData as WriterInput
const agent = new Agent({ keepAlive: true })
const seen: Writing = { writes: 0, refused: 0, failures: [], longestMs: 0 }
let isOver = false

const patch = (notes: string) =>
  new Promise<number>((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const url = `${address}/v1/supplier-task-instances/${instance}`
    const request = httpRequest(url, { agent, method: 'PATCH', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', reject)
    request.end(JSON.stringify({ notes }))
  })

async function writeOn(): Promise<void> {
  while (!isOver) {
    const from = performance.now()
    const status = await patch(`written ${seen.writes} times`).catch(String)
    seen.longestMs = Math.max(seen.longestMs, performance.now() - from)
    seen.writes++
    if (status === 503) seen.refused++
    else if (status !== 200) seen.failures.push(String(status))
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  agent.destroy()
  parentPort?.postMessage(seen)
}

parentPort?.once('message', () => (isOver = true))
void writeOn()
