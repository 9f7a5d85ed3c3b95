import { setTimeout as sleep } from 'node:timers/promises'
import { apiGroups } from '../../src/kernel/api-groups.js'
import { checkFailed, thousands } from '../terminal.js'
import { acknowledgedWrites, type AcknowledgedWrites } from './acknowledged-writes.js'
import { apiClient, type ApiClient } from './api-client.js'
import { readCatalogue } from './catalogue.js'
import { compareDashboards, type Dashboard } from './dashboards.js'
import { runJob, type FinishedJob } from './jobs.js'
import { readBack } from './read-back.js'
import { reportText } from './report-text.js'
import { bullet, step } from './say.js'
import { startTraffic, type Period, type Traffic } from './traffic.js'

const QUIET_MS = 1000

/**
 * The whole migration over HTTP, while clients read and write.
 *
 * @throws Error with the reason, as soon as something is not as promised
 */
export async function walkThrough(address: string, signal: AbortSignal): Promise<void> {
  const client = apiClient(address, signal)
  await showV1(client, address)
  await tryDryRun(client)
  const log = acknowledgedWrites()
  await migrateUnderTraffic(client, log, signal)
  await requireNothingLost(client, log)
}

async function showV1(client: ApiClient, address: string): Promise<void> {
  step(`Served as it is, at ${address}`)
  const { totals } = await client.get<Dashboard>('/v1/dashboard')
  bullet(
    `GET /v1/dashboard: ${thousands(totals.instances)} instances, ${thousands(totals.overdue)} overdue, ` +
      `${thousands(totals.dueNext7Days)} due in the next 7 days, ${thousands(totals.blocked)} blocked`,
  )
  const suppliers = await client.get<{ items: { name: string }[] }>('/v1/suppliers?limit=3')
  bullet(`GET /v1/suppliers?limit=3: ${suppliers.items.map(({ name }) => name).join(', ')}`)
  const early = await client.request('GET', '/v2/dashboard')
  const { code } = early.body as { code?: string }
  bullet(`GET /v2/dashboard: ${early.status} ${code ?? ''}, for v2 has no data yet`)
  if (code !== 'v2-not-active') throw checkFailed('v2 should not answer before the migration.')
}

async function tryDryRun(client: ApiClient): Promise<void> {
  step('A dry run: all of it, on a copy')
  const { report } = await runJob(client, 'migrate', { dryRun: true })
  bullet(`${report.status}: ${report.summary.checks} checks in ${seconds(report.durationMs / 1000)}`)
  const { stage } = await client.get<{ stage: string }>('/admin/status')
  bullet(`the live database is at the stage ${stage}, as before`)
  if (stage !== 'v1') throw checkFailed('A dry run must leave the database as it is.')
}

async function migrateUnderTraffic(
  client: ApiClient,
  log: AcknowledgedWrites,
  signal: AbortSignal,
): Promise<void> {
  step('The migration, while clients go on reading and writing through /v1')
  const traffic = startTraffic(client, log, await readCatalogue(client), signal)
  try {
    await sleep(QUIET_MS)
    signal.throwIfAborted()
    bullet(`before: ${requireServed(traffic.endPeriod())}`)
    const migrated = await runJob(client, 'migrate', {})
    bullet(`during: ${requireServed(traffic.endPeriod())}`)
    showReport(migrated)
    await cutOver(client, traffic)
  } finally {
    await traffic.stop()
  }
}

function showReport({ report, reportPath }: FinishedJob): void {
  step(`The validation report (GET ${reportPath})`)
  for (const line of reportText(report)) bullet(line)
}

async function cutOver(client: ApiClient, traffic: Traffic): Promise<void> {
  step(`Cut over to v2: ${apiGroups.join(', ')}`)
  await runJob(client, 'cutover', { groups: Object.fromEntries(apiGroups.map((group) => [group, 'v2'])) })
  const { stage } = await client.get<{ stage: string }>('/admin/status')
  if (stage !== 'cutover') throw checkFailed(`After the cutover the stage is ${stage}.`)
  await traffic.stop()
  bullet(`clients of /v1 meanwhile: ${requireServed(traffic.endPeriod())}`)
}

async function requireNothingLost(client: ApiClient, log: AcknowledgedWrites): Promise<void> {
  step('Nothing lost')
  const found = await readBack(client, log.items.values())
  bullet(
    `${thousands(log.writes)} writes were acknowledged by /v1, to ${thousands(found.items)} items: ` +
      `${thousands(found.values)} values read back through /v2, ${found.differences.length} differ`,
  )
  bullet(`${thousands(found.rows)} rows that they made or touched are equal in v1 and v2, field by field`)
  const dashboards = await compareDashboards(client)
  bullet(
    `the dashboards of ${dashboards.asOf}: ${dashboards.lines} lines of counts in v1 and in v2, ` +
      `${dashboards.differences.length} differ`,
  )
  const lost = [...found.differences, ...dashboards.differences]
  if (lost.length > 0) throw checkFailed(`v2 does not hold what v1 promised:\n${some(lost)}`)
  if (log.writes === 0) throw checkFailed('No write was acknowledged: nothing has been shown.')
}

/** What the clients met, in words. */
function requireServed({ failures, requests, writes, seconds: time, p50, p99 }: Period): string {
  if (failures.length > 0)
    throw checkFailed(
      `${failures.length} requests failed while the database was migrated:\n${some(failures)}`,
    )
  return (
    `${thousands(requests)} requests in ${seconds(time)}, ${thousands(writes)} of them writes, ` +
    `none failed; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  )
}

const some = (lines: readonly string[]) => lines.slice(0, 5).join('\n')
const seconds = (value: number) => `${value.toFixed(1)} s`
