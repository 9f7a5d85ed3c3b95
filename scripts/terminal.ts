import { parseArgs } from 'node:util'
import { Problem } from '../src/kernel/problem.js'

/** What every script understands besides its own options. */
export const commonOptions = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export interface Outcome {
  /** Decides between exit status 0 and 1. */
  ok: boolean
  /** Printed with --json, as one line. */
  json: unknown
  /** Printed without. */
  lines: readonly string[]
}

/** @param message what is wrong and what is wanted */
export const wrongUsage = (message: string): Error =>
  Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_WRONG_USAGE' })

/** A check that did not hold: the script ends with 1 and says only this. */
export const checkFailed = (reason: string): Error =>
  Object.assign(new Error(reason), { code: 'ERR_CHECK_FAILED' })

/**
 * Runs a script: results on stdout, messages on stderr, exit status 0 done, 1 failed, 2 wrong usage.
 * `main` reads its arguments with parseArgs, whose errors count as wrong usage.
 */
export async function runScript(usage: string, main: () => Outcome | Promise<Outcome>): Promise<void> {
  const { values } = parseArgs({ options: commonOptions, strict: false })
  try {
    if (values.help === true) {
      print([usage])
      return
    }
    const outcome = await main()
    print(values.json === true ? [JSON.stringify(outcome.json)] : outcome.lines)
    process.exitCode = outcome.ok ? 0 : 1
  } catch (error) {
    process.exitCode = isWrongUsage(error) ? 2 : 1
    console.error(isWrongUsage(error) ? `${error.message}\n\n${usage}` : failure(error))
  }
}

const print = (lines: readonly string[]) => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

const hasCode = (error: unknown, prefix: string): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith(prefix)

const isWrongUsage = (error: unknown): error is Error => hasCode(error, 'ERR_PARSE_ARGS')

/** A refusal says what to do next; anything else is a fault, and its stack says where. */
function failure(error: unknown): unknown {
  if (error instanceof Problem) return error.detail
  if (hasCode(error, 'ERR_CHECK_FAILED')) return error.message
  return error instanceof Error ? error.stack : error
}

/** The only positional argument of a script that works on one file. */
export function onlyFile(positionals: readonly string[]): string {
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw wrongUsage('Name one FILE.')
  return file
}

export function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw wrongUsage(`--${option} is a whole number, not "${text}".`)
  return value
}

export function oneOf<Choice extends string>(
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === text)
  if (choice === undefined) throw wrongUsage(`--${option} is ${choices.join(' or ')}, not "${text}".`)
  return choice
}

export const thousands = (value: number): string => Math.round(value).toLocaleString('en')
