export interface SentEvent {
  id: number
  type: string
  data: Record<string, unknown>
}

interface Asked {
  lastEventId?: number | string
  signal?: AbortSignal
}

export const openStream = (address: string, jobId: string, { lastEventId, signal }: Asked = {}) =>
  fetch(`${address}/admin/migrations/${jobId}/events`, {
    ...(lastEventId === undefined ? {} : { headers: { 'last-event-id': String(lastEventId) } }),
    ...(signal === undefined ? {} : { signal }),
  })

/** What a stream sends, as an EventSource would read it: comments and `retry` are no events. */
export async function* sentEvents(response: Response): AsyncGenerator<SentEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const fields = new Map(frame.split('\n').map((line) => split(line)))
      const [id, type, data] = ['id', 'event', 'data'].map((name) => fields.get(name))
      if (id !== undefined && type !== undefined && data !== undefined)
        yield { id: Number(id), type, data: JSON.parse(data) as Record<string, unknown> }
    }
  }
}

function split(line: string): [string, string] {
  const [, field = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? []
  return [field, value]
}

/** Everything up to the end of the stream. */
export async function readStream(address: string, jobId: string, asked: Asked = {}): Promise<SentEvent[]> {
  const events: SentEvent[] = []
  for await (const event of sentEvents(await openStream(address, jobId, asked))) events.push(event)
  return events
}
