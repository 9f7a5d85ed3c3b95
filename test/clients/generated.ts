import { execFile } from 'node:child_process'
import { cpSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { temporaryFolder } from '../helper.js'

const run = promisify(execFile)
const document = resolve('openapi', 'v2.json')

/** One make of client: where its example is, and what generates the rest of it into the current folder. */
export interface Make {
  example: string
  command: readonly string[]
}

export const makes: Readonly<Record<string, Make>> = {
  'openapi-typescript and openapi-fetch': {
    example: 'examples/client',
    command: ['openapi-typescript', document, '-o', 'v2.ts'],
  },
  '@hey-api/openapi-ts': {
    example: 'examples/other-client',
    command: ['openapi-ts', '-i', document, '-o', 'api', '-c', '@hey-api/client-fetch', '--no-log-file'],
  },
}

/** As a front end may have it, whose compiler is as strict as it can be told in one word. */
const compilerOptions = {
  strict: true,
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable'],
  module: 'nodenext',
  types: [],
  outDir: 'out',
}

/**
 * Generates the client in a folder of its own, compiles the example with it, and gives what that exports.
 *
 * @throws Error with what the generator or the compiler has to say
 */
export async function buildClient(t: Test, { example, command }: Make): Promise<Record<string, unknown>> {
  const folder = temporaryFolder(t)
  cpSync(example, folder, { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, exclude: ['out'] }))
  await runIn(folder, command)
  await runIn(folder, ['tsc', '-p', '.'])
  return (await import(pathToFileURL(join(folder, 'out', 'working-day.js')).href)) as Record<string, unknown>
}

async function runIn(folder: string, [program = '', ...args]: readonly string[]): Promise<void> {
  const path = resolve('node_modules', '.bin', program)
  await run(path, args, { cwd: folder }).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program} failed: ${stdout}${stderr}`)
  })
}
