import t from 'tap'
import { listening } from '../examples/served.js'
import { buildClient, makes } from './generated.js'

/** What every client has to bring home from the day. */
interface Day {
  csv: string
  [outcome: string]: unknown
}

for (const [name, make] of Object.entries(makes))
  t.test(`a client that ${name} make of openapi/v2.json`, async (t) => {
    const { workingDay } = await buildClient(t, make)
    const address = await listening(t)

    t.test('compiles strictly, and does a whole working day', async (t) => {
      const day = await (workingDay as (address: string) => Promise<Day>)(address)
      t.match(day, {
        propagation: { updated: 2, keptOverride: 1, keptCompleted: 0 },
        file: { fileName: 'Report 1.pdf', mimeType: 'application/pdf', size: 17 },
        blocked: { status: 'blocked', blockedReason: 'The gage is in repair' },
        unblocked: { status: 'in_progress', blockedReason: null },
        completed: { status: 'completed' },
        totals: { suppliers: 3, projects: 1, instances: 9, byStatus: { completed: 1, in_progress: 1 } },
      })
      const [head = '', ...rows] = day.csv.trimEnd().split('\r\n')
      t.match(head, /^"id",/)
      t.equal(rows.length, 9)
    })

    t.test('has left what it did on the server', async (t) => {
      const list = async (query: string) => {
        const answer = await fetch(`${address}/v2/supplier-task-instances?${query}`)
        return ((await answer.json()) as { items: Record<string, unknown>[] }).items
      }
      t.equal((await list('limit=500')).length, 9)
      const dueDate = '2026-04-08T00:00:00.000Z'
      t.match(await list('status=completed'), [{ dueDate, submissionFiles: [] }])
      t.match(
        (await list('limit=500')).filter(({ actualDueDate }) => actualDueDate !== null),
        [{ actualDueDate: '2026-04-15T00:00:00.000Z', submissionFiles: [{ originalName: 'Report 1.pdf' }] }],
      )
    })
  })
