import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openReaderHandle } from '../../db/database.js'
import { sumOf } from './durable-files.js'
import { DATABASE, type Manifest } from './manifest.js'
import { hashTable } from './row-hash.js'
import { readTables } from './table-lines.js'

/**
 * Everything that tells a backup from the one that was made: missing, truncated and altered files, a
 * database that SQLite finds damaged, tables whose rows are others. Nothing, where it can be restored.
 */
export async function checkBackup(
  folder: string,
  manifest: Manifest,
  rest: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  const wrong: string[] = []
  for (const { file, bytes, sha256 } of manifest.files) {
    const path = join(folder, file)
    if (!existsSync(path)) wrong.push(`${file} is missing`)
    else {
      const sum = await sumOf(path, rest)
      if (sum.bytes !== bytes) wrong.push(`${file} has ${sum.bytes} bytes, not ${bytes}`)
      else if (sum.sha256 !== sha256) wrong.push(`${file} was altered`)
    }
  }
  if (!manifest.files.some(({ file }) => file === DATABASE)) wrong.push(`${DATABASE} is not in it`)
  return wrong.length > 0 ? wrong : checkRows(join(folder, DATABASE), manifest, rest)
}

async function checkRows(path: string, manifest: Manifest, rest: () => Promise<void>): Promise<string[]> {
  const db = openReaderHandle(path)
  try {
    const tables = readTables(db)
    const expected = new Map(manifest.tables.map((one) => [one.table, one]))
    const wrong = tables
      .filter(({ name }) => !expected.has(name))
      .map(({ name }) => `the manifest lacks the table ${name}`)
    for (const [name, { rows, rowHash }] of expected) {
      const table = tables.find((one) => one.name === name)
      const found = table && (await hashTable(db, table, rest))
      if (found?.rows !== rows || found.rowHash !== rowHash) wrong.push(`the rows of ${name} are others`)
    }
    return wrong
  } finally {
    db.close()
  }
}
