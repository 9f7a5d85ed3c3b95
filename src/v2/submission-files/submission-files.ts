import type { Kysely, Transaction } from 'kysely'
import { namesTag } from '../../http/etag.js'
import { conflict, notFound, Problem, staleEtag } from '../../kernel/problem.js'
import { readStoredList } from '../../kernel/stored-json.js'
import type { V2Tables } from '../tables.js'
import { asOwnRecord, placeOf, type FileRecord, type Place } from './file-record.js'
import { addRecord, findList, removeRecord, replaceRecord } from './submission-files.repository.js'

const MOST_FILES = 1000

/** The files of an instance: its list as it is stored, and which of its entries are files that are kept here. */
export interface InstanceFiles {
  entries: { entry: unknown; record: FileRecord | undefined }[]
  /** The stored text, where it is not a JSON array. */
  raw: string | null
}

const unreadable = (instanceId: string) =>
  conflict(
    'files-unreadable',
    `The list of files of the instance "${instanceId}" is no JSON array, and is kept as it is. Set its submissionFiles to a list first.`,
  )

const tooMany = () =>
  conflict('too-many-files', `An instance has ${MOST_FILES} files at most. Delete some that are not needed.`)

const keptElsewhere = (status: 404 | 409, name: string, record: unknown) =>
  new Problem(
    'file-elsewhere',
    `The instance only refers to "${name}": its bytes are not kept by this service. See record.`,
    { record },
    {},
    status,
  )

export async function findFiles(
  db: Kysely<V2Tables>,
  instanceId: string,
): Promise<InstanceFiles | undefined> {
  const found = await findList(db, instanceId)
  if (found === undefined) return undefined
  // To SQLite, what follows a NUL character is not there.
  const { list, raw } = found.isJson === 1 ? readStoredList(found.text) : { list: [], raw: found.text }
  return { entries: list.map((entry) => ({ entry, record: asOwnRecord(instanceId, entry) })), raw }
}

/** @throws Problem `not-found` */
export async function readFiles(db: Kysely<V2Tables>, instanceId: string): Promise<InstanceFiles> {
  const files = await findFiles(db, instanceId)
  if (files === undefined) throw notFound('supplier task instance', instanceId)
  return files
}

/** @throws Problem `not-found`, `files-unreadable` */
export async function readWritableFiles(db: Kysely<V2Tables>, instanceId: string): Promise<InstanceFiles> {
  const files = await readFiles(db, instanceId)
  if (files.raw !== null) throw unreadable(instanceId)
  return files
}

const indexOfName = ({ entries }: InstanceFiles, name: string) =>
  entries.findIndex(({ record }) => record?.originalName === name)

/** @throws Problem `not-found`, `file-elsewhere` with this status */
export function getRecord(files: InstanceFiles, name: string, status: 404 | 409): FileRecord {
  const record = files.entries[indexOfName(files, name)]?.record
  if (record !== undefined) return record
  const reference = files.entries.find(({ entry }) => isCalled(entry, name))
  throw reference === undefined ? notFound('file', name) : keptElsewhere(status, name, reference.entry)
}

const isCalled = (entry: unknown, name: string): boolean =>
  typeof entry === 'object' &&
  entry !== null &&
  ['originalName', 'fileName', 'name'].some((field) => (entry as Record<string, unknown>)[field] === name)

export const tagOf = ({ sha256 }: FileRecord): string => `"${sha256}"`

export interface Conditions {
  ifMatch?: string | undefined
  ifNoneMatch?: string | undefined
}

/**
 * Puts the records into the instance's list, each in the place of one with the same name, if there is one.
 *
 * @returns where the bytes are that are not needed any more once this is committed
 * @throws Problem `not-found`, `files-unreadable`, `too-many-files`, `stale-etag`
 */
export async function recordFiles(
  trx: Transaction<V2Tables>,
  instanceId: string,
  { records, ...conditions }: Conditions & { records: readonly FileRecord[] },
  now: number,
): Promise<Place[]> {
  const files = await readWritableFiles(trx, instanceId)
  const replaced: Place[] = []
  let length = files.entries.length
  for (const record of records) {
    const index = indexOfName(files, record.originalName)
    const before = files.entries[index]?.record
    requireConditions(conditions, before)
    if (before === undefined) {
      if (++length > MOST_FILES) throw tooMany()
      await addRecord(trx, instanceId, record, now)
    } else {
      await replaceRecord(trx, instanceId, { index, record }, now)
      replaced.push(placeOf(instanceId, before))
    }
  }
  return replaced
}

function requireConditions({ ifMatch, ifNoneMatch }: Conditions, before: FileRecord | undefined): void {
  const tag = before === undefined ? undefined : tagOf(before)
  const isMatched = ifMatch === undefined || (tag !== undefined && namesTag(ifMatch, tag))
  const isNew = ifNoneMatch === undefined || tag === undefined || !namesTag(ifNoneMatch, tag)
  if (!isMatched || !isNew) throw staleEtag('file')
}

/** Takes a file off the list, and says where its bytes are. */
export async function forgetFile(
  trx: Transaction<V2Tables>,
  instanceId: string,
  { name, ifMatch }: Conditions & { name: string },
  now: number,
): Promise<Place> {
  const files = await readWritableFiles(trx, instanceId)
  const record = getRecord(files, name, 409)
  requireConditions({ ifMatch }, record)
  await removeRecord(trx, instanceId, indexOfName(files, name), now)
  return placeOf(instanceId, record)
}
