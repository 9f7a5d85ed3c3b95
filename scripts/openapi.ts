import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openApiFiles } from './openapi/documents.js'
import { commonOptions, runScript, type Outcome } from './terminal.js'

const usage = `Writes the OpenAPI documents that the server serves: v1.json, v2.json, admin.json.

Usage: npm run openapi -- [options]

  --out FOLDER    where they go (openapi)
  --json          prints {"files": [PATH]}
  --help          prints this

Exit status: 0 done, 1 failed, 2 wrong usage.`

await runScript(usage, writeDocuments)

async function writeDocuments(): Promise<Outcome> {
  const { values } = parseArgs({
    options: { ...commonOptions, out: { type: 'string', default: 'openapi' } },
  })
  const folder = resolve(values.out)
  mkdirSync(folder, { recursive: true })
  const files: string[] = []
  for (const [name, text] of await openApiFiles()) {
    const path = join(folder, name)
    writeFileSync(path, text)
    files.push(path)
  }
  return { ok: true, json: { files }, lines: files }
}
