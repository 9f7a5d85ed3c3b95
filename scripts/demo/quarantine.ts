import type { Report } from '../../src/migration/report.js'
import { checkFailed, thousands } from '../terminal.js'
import { getAll, type ApiClient, type Json } from './api-client.js'
import { bullet, step } from './say.js'
import { textTable } from './text-table.js'

interface Quarantined {
  table: string
  rowId: string
  reason: string
  resolution: string | null
}

export const waitingRows = (client: ApiClient): Promise<Quarantined[]> =>
  getAll<Quarantined>(client, '/admin/quarantine?resolution=waiting')

/** Every row that waits, by its reason. */
export async function requireQuarantine(client: ApiClient, report: Report): Promise<void> {
  step('In quarantine (GET /admin/quarantine, or .csv)')
  const waiting = await waitingRows(client)
  const counts = new Map<string, number>()
  for (const { table, reason } of waiting)
    counts.set(`${table} ${reason}`, (counts.get(`${table} ${reason}`) ?? 0) + 1)
  const lines = [...counts].map(([key, rows]) => [...key.split(' '), rows])
  for (const line of textTable(['table', 'reason', 'rows'], lines)) bullet(line)
  bullet(`${thousands(waiting.length)} rows in all; each stays in v1, where it can be read and written`)
  if (waiting.length !== report.summary.rowsQuarantined)
    throw checkFailed(
      `The report says ${report.summary.rowsQuarantined} rows, the list has ${waiting.length}.`,
    )
}

/** What is wrong with a row, and what a client of v1 writes to mend it. */
const mends: Readonly<Record<string, Json>> = {
  'invalid-status:status': { status: 'in_progress' },
  'bad-date:dueDate': { dueDate: '2026-09-01' },
  'odd-boolean:isApplied': { isApplied: true },
}

export async function mendOneInV1(client: ApiClient): Promise<void> {
  const waiting = await waitingRows(client)
  const row = waiting.find(({ table, reason }) => table === 'supplier_task_instances' && mends[reason])
  if (row === undefined) return
  step('A row that is mended through /v1 is in v2 at once')
  const { reason, rowId } = row
  const path = `/v1/supplier-task-instances/${rowId}`
  const { status, body } = await client.request('PATCH', path, mends[reason])
  bullet(`${reason}: PATCH ${path} ${JSON.stringify(mends[reason])}: ${status}`)
  if (status !== 200) throw checkFailed(`The row could not be mended: ${JSON.stringify(body)}`)
  const found = (await getAll<Quarantined>(client, '/admin/quarantine?resolution=migrated')).find(
    (one) => one.rowId === rowId,
  )
  if (found === undefined) throw checkFailed(`${rowId} was mended, but is not migrated.`)
  bullet(
    `its record says ${found.resolution ?? ''}; ${thousands((await waitingRows(client)).length)} rows wait`,
  )
}
