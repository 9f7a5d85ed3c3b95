import { statSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import type { Handle } from '../../db/database.js'
import { readStoredList } from '../../kernel/stored-json.js'
import { asOwnRecord, placeOf } from './file-record.js'

const ROWS_AT_ONCE = 500
const SAMPLES = 20

export interface FilesCheck {
  filesFound: number
  /** The instance refers to bytes that are not there, or not all of them. */
  filesMissing: number
  samples: { table: string; id: string; column: string; expected: string; actual: string }[]
}

/** A file that an instance refers to, and where it may be. */
interface Wanted {
  places: string[]
  /** As the entry has it. */
  path: string
  /** undefined: the entry does not say. */
  size: number | undefined
}

type Rest = () => Promise<void>

/**
 * Looks for the bytes of every file that is kept here.
 *
 * @param rest is awaited between short snapshots
 */
export const checkFiles = (db: Handle, dir: string, rest: Rest): Promise<FilesCheck> =>
  check(db, `instr(submissionFiles, '"files/') > 0`, (id, entry) => ownFile(dir, id, entry), rest)

/**
 * The same for what v1 refers to by a path: in the folder of the files, or in the one above, where `uploads`
 * may stand beside it. Nothing is said of a URL, nor of a path that leads elsewhere.
 */
export const checkReferredFiles = (db: Handle, dir: string, rest: Rest): Promise<FilesCheck> =>
  check(db, `instr(submissionFiles, '"path"') > 0`, (id, entry) => referredFile(dir, id, entry), rest)

async function check(
  db: Handle,
  condition: string,
  wantedOf: (id: string, entry: unknown) => Wanted | undefined,
  rest: Rest,
): Promise<FilesCheck> {
  const next = db.prepare(`SELECT id, submissionFiles FROM v2_supplier_task_instances
    WHERE id > ? AND ${condition} ORDER BY id LIMIT ${ROWS_AT_ONCE}`)
  const result: FilesCheck = { filesFound: 0, filesMissing: 0, samples: [] }
  for (let after = ''; ;) {
    const rows = next.all(after) as { id: string; submissionFiles: string }[]
    for (const { id, submissionFiles } of rows)
      for (const entry of readStoredList(submissionFiles).list) lookFor(result, id, wantedOf(id, entry))
    after = rows.at(-1)?.id ?? ''
    if (rows.length < ROWS_AT_ONCE) return result
    await rest()
  }
}

function lookFor(result: FilesCheck, id: string, wanted: Wanted | undefined): void {
  if (wanted === undefined) return
  const sizes = wanted.places.map(sizeOf).filter((size) => size !== undefined)
  if (sizes.some((size) => wanted.size === undefined || size === wanted.size)) {
    result.filesFound++
    return
  }
  result.filesMissing++
  if (result.samples.length === SAMPLES) return
  const expected = `${wanted.size ?? 'any'} bytes at ${wanted.path}`
  const found = { expected, actual: `${sizes[0] ?? 'none'}` }
  result.samples.push({ table: 'v2_supplier_task_instances', id, column: 'submissionFiles', ...found })
}

function sizeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : undefined
}

function ownFile(dir: string, id: string, entry: unknown): Wanted | undefined {
  const record = asOwnRecord(id, entry)
  if (record === undefined) return undefined
  const { folder, file } = placeOf(id, record)
  return { places: [join(dir, folder, file)], path: record.path, size: record.size }
}

const URL_LIKE = /^[a-z][a-z\d+.-]*:/i

function referredFile(dir: string, id: string, entry: unknown): Wanted | undefined {
  if (asOwnRecord(id, entry) !== undefined) return undefined
  const { path, size } = (entry ?? {}) as { path?: unknown; size?: unknown }
  if (typeof path !== 'string' || URL_LIKE.test(path) || isAbsolute(path) || path.includes('\0'))
    return undefined
  const inside = normalize(path)
  if (inside === '.' || inside.split(/[\\/]/).includes('..')) return undefined
  return {
    places: [join(dirname(dir), inside), join(dir, inside)],
    path,
    size: typeof size === 'number' ? size : undefined,
  }
}
