import type { Hand } from './hands.js'
import { v1Writes, writesAfterCutover, type Write } from './write-kinds.js'
import type { WriteLog } from './write-log.js'

const REST_MS = 30

export interface Load {
  /** Resolves once the last answer is there, or is known never to come. */
  stop: () => Promise<void>
  /** What clients must never be told: no write that is as it should be fails because a migration runs. */
  problems: string[]
}

export interface LoadedServer {
  address: string
  isCutOver: boolean
}

/** Every clerk writes, one write at a time, until it is stopped or the server is gone. */
export function startLoad(server: LoadedServer, hands: readonly Hand[], log: WriteLog): Load {
  let isStopped = false
  const problems: string[] = []
  const kinds = server.isCutOver ? [...v1Writes, ...writesAfterCutover] : v1Writes
  const work = async (hand: Hand) => {
    for (let isAnswered = true; isAnswered && !isStopped; hand.turn++) {
      const write = kinds[hand.turn % kinds.length]?.(hand)
      if (write !== undefined) isAnswered = await send(server.address, write, log, problems)
      await new Promise((resolve) => setTimeout(resolve, REST_MS))
    }
  }
  const working = hands.map(work)
  return {
    problems,
    async stop() {
      isStopped = true
      await Promise.all(working)
    },
  }
}

/** Whether there was an answer. */
async function send(address: string, write: Write, log: WriteLog, problems: string[]): Promise<boolean> {
  const { method, path, body, headers, thing, value, refusedWith, onAcknowledged } = write
  try {
    const response = await fetch(address + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // An answer counts once it is whole.
    const text = await response.text()
    if (response.ok) {
      log.acknowledged(thing, value)
      onAcknowledged?.(text === '' ? { id: '' } : (JSON.parse(text) as { id: string }))
    } else if (saysNothingWritten(response.status)) log.refused(thing, value)
    else log.unanswered(thing, value)
    if (isInactive(path, text)) return true
    if (response.ok ? refusedWith !== undefined : response.status !== refusedWith)
      problems.push(`${method} ${path} (${thing}) answered ${response.status}: ${text}`)
    return true
  } catch {
    log.unanswered(thing, value)
    return false
  }
}

/** A rollback that goes on sends the clients of v2 back to v1. */
const isInactive = (path: string, answer: string) =>
  path.startsWith('/v2/') && answer.includes('"v2-not-active"')

/** Of an error that nobody expected, such as a device's in the midst of a commit, nobody knows what it left. */
const saysNothingWritten = (status: number) => status < 500 || status === 503 || status === 507
