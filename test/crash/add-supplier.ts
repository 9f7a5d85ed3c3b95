import type { Operator } from './operator.js'

/** POSTs a supplier, and gives what a client sees of the answer. */
export async function addSupplier({ address }: Operator, name: string) {
  const startedAt = performance.now()
  const response = await fetch(`${address}/v1/suppliers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  const { code } = (await response.json()) as { code?: string }
  return {
    status: response.status,
    code,
    retryAfter: response.headers.get('retry-after'),
    ms: performance.now() - startedAt,
  }
}
