import { apiGroups } from '../../src/kernel/api-groups.js'
import type { InstanceStatus } from '../../src/kernel/instance-status.js'
import type { Report } from '../../src/migration/report.js'
import type { DirtMade } from '../../src/v1/generate/dirt/add-dirt.js'
import { checkFailed, thousands } from '../terminal.js'
import type { ApiClient, Json } from './api-client.js'
import { runJob, runRefusedJob } from './jobs.js'
import { mendInConsole } from './mend-in-console.js'
import { mendOneInV1, requireQuarantine, waitingRows } from './quarantine.js'
import { bullet, step } from './say.js'
import { textTable } from './text-table.js'
import type { Way } from './walk-through.js'

/** What the operator has been told that the words of the old clerks mean; other statuses wait. */
const meanings: Readonly<Record<string, InstanceStatus>> = {
  'almost done': 'in_progress',
  waived: 'cancelled',
  done: 'completed',
}

/** Blocked, the reasons, the options, what only a console can mend; then the rows that wait, and the cutover without them. */
export const operatorsWay = (path: string, dirt: readonly DirtMade[]): Way => {
  const awkward = new Set(dirt.flatMap(({ ids }) => ids))
  return {
    // Whatever the dirt is done to has such a name.
    isSound: ({ id = '', name = '' }) => !awkward.has(id) && !name.startsWith('Awkward '),
    async prepare(client) {
      if (!(await showWhatBlocks(client))) return {}
      const options = await chooseOptions(client)
      await mendWhatIsLeft(client, { path, options })
      return options
    },
    settle,
    compare: compareByValidation,
  }
}

/** @returns whether anything does */
async function showWhatBlocks(client: ApiClient): Promise<boolean> {
  step('An assessment: what does not fit')
  const assessed = await runRefusableAssessment(client, {})
  const isBlocked = blockingOf(assessed.report).length > 0
  bullet(isBlocked ? 'some rows block a migration' : 'nothing blocks a migration: every class has a rule')
  if (!isBlocked) return false
  step('A migration that is told nothing else: blocked')
  const { report, detail } = await runRefusedJob(client, 'migrate', { options: {}, code: 'blocked' })
  bullet(detail)
  bullet('')
  for (const line of blockingTable(report)) bullet(line)
  const { stage } = await client.get<{ stage: string }>('/admin/status')
  bullet('')
  bullet(`the live database is at the stage ${stage}, as before`)
  if (stage !== 'v1') throw checkFailed('A blocked migration must leave the database as it is.')
  return true
}

const blockingOf = (report: Report | null) =>
  (report?.issues ?? []).filter(({ severity }) => severity === 'blocking')

/** A line for each class and what resolves it, with its rows over all columns. */
function blockingTable(report: Report | null): string[] {
  const lines = new Map<string, { name: string; rows: number; resolution: string }>()
  for (const { code, subcase, count, resolution } of blockingOf(report)) {
    const name = subcase === undefined ? code : `${code} (${subcase})`
    const line = lines.get(name + resolution) ?? { name, rows: 0, resolution }
    lines.set(name + resolution, { ...line, rows: line.rows + count })
  }
  return textTable(
    ['class', 'rows', 'what resolves it'],
    [...lines.values()].map(({ name, rows, resolution }) => [name, rows, resolution]),
  )
}

async function chooseOptions(client: ApiClient): Promise<Json> {
  step('The options: what statuses mean, and that rows which do not fit wait in quarantine')
  const { report } = await runRefusableAssessment(client, {})
  const unknown = (report?.assessment?.statuses ?? []).filter(({ becomes }) => becomes === null)
  const statusMap = Object.fromEntries(
    unknown.flatMap(({ status }) =>
      status !== null && meanings[status] !== undefined ? [[status, meanings[status]]] : [],
    ),
  )
  const options = { statusMap, onInvalidRow: 'quarantine' }
  bullet(JSON.stringify(options))
  const held = (await runRefusableAssessment(client, options)).report?.assessment?.heldBack ?? []
  for (const { table, misfits, dependants } of held)
    bullet(`${table}: ${thousands(misfits)} would wait, and ${thousands(dependants)} that depend on them`)
  return options
}

/** An assessment ends as failed where something blocks, and has its report all the same. */
async function runRefusableAssessment(client: ApiClient, options: Json): Promise<{ report: Report | null }> {
  const { body } = await client.request('POST', '/admin/migrations', { job: 'assess', options })
  return body as { report: Report | null }
}

async function mendWhatIsLeft(
  client: ApiClient,
  { path, options }: { path: string; options: Json },
): Promise<void> {
  const { report } = await runRefusableAssessment(client, options)
  if (blockingOf(report).length === 0) return
  step('What no option resolves: rows that both versions read where they stand')
  for (const line of mendInConsole(path, blockingOf(report))) bullet(line)
  const { report: after } = await runJob(client, 'assess', options)
  bullet(`assessed again: ${blockingOf(after).length} classes block`)
}

async function settle(client: ApiClient, report: Report): Promise<Json> {
  requireSums(report)
  if (report.summary.rowsQuarantined === 0) return {}
  await requireQuarantine(client, report)
  await mendOneInV1(client)
  step('Cut over, with rows in quarantine: refused, until the operator says how many')
  const groups = Object.fromEntries(apiGroups.map((group) => [group, 'v2']))
  const { detail } = await runRefusedJob(client, 'cutover', { options: { groups }, code: 'gate-closed' })
  bullet(detail)
  return { acceptQuarantined: (await waitingRows(client)).length }
}

function requireSums({ tables, summary, status }: Report): void {
  step('The sums: rows in v1 = equal in v2 + by a stated rule + in quarantine')
  for (const { source, target, sourceRows, equal, byRule, quarantined } of tables) {
    bullet(
      `${source} → ${target}: ${thousands(sourceRows)} = ${thousands(equal)} + ${thousands(byRule)} + ${thousands(quarantined)}`,
    )
    if (sourceRows !== equal + byRule + quarantined) throw checkFailed(`The sum of ${source} does not close.`)
  }
  bullet(`${status}, with ${summary.notes} notes`)
}

/** v1 counts what is in quarantine and v2 does not: the validation compares what both are to hold. */
async function compareByValidation(client: ApiClient): Promise<string[]> {
  const { report } = await runJob(client, 'validate', {})
  const dashboards = report.checks.filter(({ group }) => group === 'dashboards')
  for (const { title } of dashboards) bullet(`without the rows in quarantine: ${title}`)
  return dashboards.filter(({ status }) => status === 'failed').map(({ title }) => `not so: ${title}`)
}
