import { checkFailed, wrongUsage } from '../terminal.js'
import type { JobItem, Runner } from './runners.js'

interface Refusal {
  detail?: string
  errors?: { path: string; message: string }[]
}

/** Jobs of a server that is running. */
export function runnerOnServer(url: string, token: string | undefined): Runner {
  const ask = async <Answer>(method: string, path: string, body?: object, more = {}): Promise<Answer> => {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...more,
    }
    const answer = await fetch(new URL(path, url), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw checkFailed(`${url} does not answer: ${String(error instanceof Error ? error.cause : error)}`)
    })
    if (answer.ok) return (await answer.json()) as Answer
    throw refusal(answer.status, (await answer.json()) as Refusal)
  }
  return {
    start: async (request) =>
      (await ask<JobItem>('POST', '/admin/migrations', request, { prefer: 'respond-async' })).id,
    get: (id) => ask('GET', `/admin/migrations/${id}`),
    async cancel(id) {
      await ask('POST', `/admin/migrations/${id}/cancel`)
    },
    close: async () => undefined,
  }
}

const refusal = (status: number, { detail = `status ${status}`, errors = [] }: Refusal) =>
  status === 422
    ? wrongUsage(errors.map(({ path, message }) => `${path} ${message}`).join('; ') || detail)
    : checkFailed(detail)
