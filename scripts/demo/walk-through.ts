import { setTimeout as sleep } from 'node:timers/promises'
import { allGroupsOn, apiGroups } from '../../src/kernel/api-groups.js'
import type { Report } from '../../src/migration/report.js'
import { checkFailed, thousands } from '../terminal.js'
import { acknowledgedWrites, type AcknowledgedWrites } from './acknowledged-writes.js'
import { apiClient, type ApiClient, type Json } from './api-client.js'
import { readCatalogue, type IsSound } from './catalogue.js'
import { compareDashboards, type Dashboard } from './dashboards.js'
import { runJob, type FinishedJob } from './jobs.js'
import { readBack } from './read-back.js'
import { reportText } from './report-text.js'
import { bullet, step } from './say.js'
import { startTraffic, type Period, type Traffic } from './traffic.js'

const QUIET_MS = 1000

/** What the operator does where rows do not fit. */
export interface Way {
  isSound: IsSound
  /** Looks at the file, mends what has to be mended, and says with which options it is migrated then. */
  prepare(client: ApiClient): Promise<Json>
  /** Looks at what was left behind, before clients go to v2, and says what the cutover has to be told. */
  settle(client: ApiClient, report: Report): Promise<Json>
  /** What v1 and v2 have in common at the end. */
  compare(client: ApiClient): Promise<string[]>
}

/** There is nothing to settle in a clean file. */
export const straightOn: Way = {
  isSound: () => true,
  prepare: async () => ({}),
  settle: async () => ({}),
  compare: requireEqualDashboards,
}

/**
 * The whole migration over HTTP, while clients read and write.
 *
 * @throws Error with the reason, as soon as something is not as promised
 */
export async function walkThrough(address: string, signal: AbortSignal, way: Way): Promise<void> {
  const client = apiClient(address, signal)
  await showV1(client, address)
  const options = await way.prepare(client)
  await tryDryRun(client, options)
  const log = acknowledgedWrites()
  await migrateUnderTraffic(client, { log, signal, way, options })
  await requireNothingLost(client, log, way)
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

async function tryDryRun(client: ApiClient, options: Json): Promise<void> {
  step('A dry run: all of it, on a copy')
  const { report } = await runJob(client, 'migrate', { ...options, dryRun: true })
  bullet(`${report.status}: ${report.summary.checks} checks in ${seconds(report.durationMs / 1000)}`)
  const { stage } = await client.get<{ stage: string }>('/admin/status')
  bullet(`the live database is at the stage ${stage}, as before`)
  if (stage !== 'v1') throw checkFailed('A dry run must leave the database as it is.')
}

interface Migration {
  log: AcknowledgedWrites
  signal: AbortSignal
  way: Way
  options: Json
}

async function migrateUnderTraffic(
  client: ApiClient,
  { log, signal, way, options }: Migration,
): Promise<void> {
  step('The migration, while clients go on reading and writing through /v1')
  const traffic = startTraffic(client, log, await readCatalogue(client, way.isSound), signal)
  try {
    await sleep(QUIET_MS)
    signal.throwIfAborted()
    bullet(`before: ${requireServed(traffic.endPeriod())}`)
    const migrated = await runJob(client, 'migrate', options)
    bullet(`during: ${requireServed(traffic.endPeriod())}`)
    showReport(migrated)
    await cutOver(client, traffic, await way.settle(client, migrated.report))
  } finally {
    await traffic.stop()
  }
}

function showReport({ report, reportPath }: FinishedJob): void {
  step(`The validation report (GET ${reportPath})`)
  for (const line of reportText(report)) bullet(line)
}

async function cutOver(client: ApiClient, traffic: Traffic, more: Json): Promise<void> {
  step(`Cut over to v2: ${apiGroups.join(', ')}`)
  await runJob(client, 'cutover', { groups: allGroupsOn('v2'), ...more })
  const { stage } = await client.get<{ stage: string }>('/admin/status')
  if (stage !== 'cutover') throw checkFailed(`After the cutover the stage is ${stage}.`)
  await traffic.stop()
  bullet(`clients of /v1 meanwhile: ${requireServed(traffic.endPeriod())}`)
}

async function requireNothingLost(client: ApiClient, log: AcknowledgedWrites, way: Way): Promise<void> {
  step('Nothing lost')
  const found = await readBack(client, log.items.values())
  bullet(
    `${thousands(log.writes)} writes were acknowledged by /v1, to ${thousands(found.items)} items: ` +
      `${thousands(found.values)} values read back through /v2, ${found.differences.length} differ`,
  )
  bullet(`${thousands(found.rows)} rows that they made or touched are equal in v1 and v2, field by field`)
  const lost = [...found.differences, ...(await way.compare(client))]
  if (lost.length > 0) throw checkFailed(`v2 does not hold what v1 promised:\n${some(lost)}`)
  if (log.writes === 0) throw checkFailed('No write was acknowledged: nothing has been shown.')
}

async function requireEqualDashboards(client: ApiClient): Promise<string[]> {
  const { asOf, lines, differences } = await compareDashboards(client)
  bullet(`the dashboards of ${asOf}: ${lines} lines of counts in v1 and in v2, ${differences.length} differ`)
  return differences
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
