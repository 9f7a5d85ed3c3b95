import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Report } from '../../src/migration/report.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { reportText } from '../demo/report-text.js'
import { progressDisplay } from '../progress-display.js'
import { checkFailed, commonOptions, onlyFile, runScript, wrongUsage, type Outcome } from '../terminal.js'
import { flagsOf, helpOf, readOptions } from './job-options.js'
import { runnerOnFile } from './on-file.js'
import { runnerOnServer } from './on-server.js'
import type { JobItem, Runner } from './runners.js'

const POLL_MS = 100
const unfinished = ['queued', 'running', 'paused', 'interrupted']

/** What cannot be taken back, and is asked about. */
const finalQuestion = (job: string, options: Readonly<Record<string, unknown>>): string | undefined => {
  if (job === 'contract') return 'This drops the tables of v1. From then on only a backup leads back.'
  if (job === 'rollback' && options.level === 'schema')
    return 'This removes the tables of v2. What only v2 can hold is archived in a backup.'
  if (job === 'restore' && options.dryRun !== true)
    return 'This undoes what was written since the backup. A fresh backup is made first.'
  return undefined
}

/** What the job asks for so that nobody starts it by accident. */
const confirmation = (job: string, options: Readonly<Record<string, unknown>>): object => {
  if (job === 'contract') return { confirm: 'drop-v1' }
  return job === 'restore' && options.dryRun !== true ? { confirm: options.backupId } : {}
}

const finalJobs = ['contract', 'restore', 'rollback']

const common = {
  ...commonOptions,
  url: { type: 'string' },
  token: { type: 'string' },
  reason: { type: 'string' },
  yes: { type: 'boolean', default: false },
} as const

/** The script of a job, on a file or by a server; its options are those of the job. */
export async function jobScript(name: string, script = name): Promise<void> {
  const kind = jobKinds.find((one) => one.name === name)
  if (kind === undefined) throw new Error(`There is no job ${name}.`)
  const usage = `${kind.summary}

Usage: node dist/scripts/${script}.js FILE [options]
       node dist/scripts/${script}.js --url ADDRESS [options]

  FILE                         the database; no server is needed
  --url ADDRESS                asks the server there instead
  --token TOKEN                its ADMIN_TOKEN; else that of the environment
${helpOf(kind.options)}${finalJobs.includes(name) ? '\n  --yes                        asks no question' : ''}
  --reason TEXT                for the audit log
  --json                       prints the job with its report as JSON
  --help                       prints this

Exit status: 0 done, 1 failed or refused, 2 wrong usage.`

  await runScript(usage.replaceAll(/\n\n\n+/g, '\n\n'), async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { ...flagsOf(kind.options), ...common },
    })
    const options = readOptions(kind.options, values)
    const question = values.yes ? undefined : finalQuestion(name, options)
    if (question !== undefined && !process.stdin.isTTY) throw wrongUsage(`${question} Say --yes.`)
    const runner = await runnerFor(values, positionals)
    const reason = values.reason === undefined ? {} : { reason: values.reason }
    const runJob = async (given: object) =>
      outcomeOf(
        await follow(runner, await runner.start({ job: name, options: { ...options, ...given }, ...reason })),
      )
    try {
      if (question !== undefined) {
        if (name === 'restore') requireOk(await runJob({ dryRun: true }))
        await ask(question)
      }
      return await runJob(confirmation(name, options))
    } finally {
      await runner.close()
    }
  })
}

async function runnerFor(
  { url, token }: { url?: string | undefined; token?: string | undefined },
  positionals: readonly string[],
): Promise<Runner> {
  if (url === undefined) return runnerOnFile(onlyFile(positionals))
  if (positionals.length > 0) throw wrongUsage('Name a FILE or --url, not both.')
  if (!URL.canParse(url)) throw wrongUsage(`--url is an address, not "${url}".`)
  return runnerOnServer(url, token ?? process.env.ADMIN_TOKEN)
}

/** Shows what a dry run has found, to be read before the question. */
function requireOk({ ok, lines }: Outcome): void {
  for (const line of lines) console.error(line)
  if (!ok) throw checkFailed('Nothing was done.')
}

async function ask(question: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${question} Go on? [y/N] `)
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw checkFailed('Nothing was done.')
}

/** Shows how far it is. Ctrl-C cancels the job, which takes back what it has made. */
async function follow(runner: Runner, id: string): Promise<JobItem> {
  const display = progressDisplay()
  const cancel = () => void runner.cancel(id).catch((error: unknown) => console.error(error))
  process.once('SIGINT', cancel)
  try {
    for (;;) {
      const job = await runner.get(id)
      const { rowsDone, rowsTotal } = job.progress
      if (rowsTotal > 0)
        display.update({ phase: job.phase ?? job.job, done: rowsDone, total: Math.max(rowsDone, rowsTotal) })
      if (!unfinished.includes(job.state)) return job
      await sleep(POLL_MS)
    }
  } finally {
    process.off('SIGINT', cancel)
    display.end()
  }
}

function outcomeOf(job: JobItem): Outcome {
  const report = job.report as Report | null
  const reason = job.error === null ? [] : [`${job.error.code}: ${job.error.detail.split('\n')[0] ?? ''}`]
  const backup = report?.backup == null ? [] : [`Backup: ${report.backup.id}, ${report.backup.bytes} bytes.`]
  return {
    ok: job.state === 'succeeded',
    json: job,
    lines: [
      `${job.job} ${job.state} (${job.id})`,
      ...reason,
      ...backup,
      ...(report === null ? [] : reportText(report)),
    ],
  }
}
