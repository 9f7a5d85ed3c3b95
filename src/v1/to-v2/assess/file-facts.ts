import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Handle } from '../../../db/database.js'
import type { DiskSpace, FileFacts } from '../../../migration/assessment.js'
import type { Issue } from '../../../migration/report.js'
import { checkDamage, damageIssues, unlessBroken } from './damage.js'
import { issueOf } from './issues.js'

export function readFileFacts(db: Handle, path: string): FileFacts {
  const bytes = sizeOf(path)
  return { bytes, walBytes: sizeOf(`${path}-wal`), ...checkDamage(db, bytes), ...pragmas(db) }
}

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0)

function pragmas(db: Handle) {
  const read = <Value>(name: string) => unlessBroken(() => db.pragma(name, { simple: true }) as Value) ?? null
  return {
    pageSize: read<number>('page_size'),
    freePages: read<number>('freelist_count'),
    encoding: read<string>('encoding'),
    journalMode: read<string>('journal_mode'),
  }
}

/** v2's tables with their indexes take less than v1's file: 0.6 to 1 of it, with up to 1,000,000 instances. */
const V2_BY_FILE = 1
/** A backup; or a dry run's copy, in which v2's tables are made instead. */
const COPIES = 1
/** What a WAL grows to between two checkpoints. */
const WAL_BYTES = 128 * 1024 * 1024

export function readDiskSpace(path: string, { bytes, walBytes }: FileFacts): DiskSpace {
  const { bavail, bsize } = statfsSync(dirname(path))
  const neededBytes = (bytes + walBytes) * (V2_BY_FILE + COPIES) + WAL_BYTES
  return { neededBytes, freeBytes: bavail * bsize }
}

export function fileIssues(facts: FileFacts, disk: DiskSpace): Issue[] {
  const { journalMode, encoding } = facts
  return [
    ...damageIssues(facts),
    ...(journalMode === 'wal' || journalMode === null
      ? []
      : [pragmaIssue('journal-mode', journalMode, 'journal_mode')]),
    ...(encoding === 'UTF-8' || encoding === null ? [] : [pragmaIssue('encoding', encoding, 'encoding')]),
    ...diskIssues(disk),
  ]
}

const pragmaIssue = (kind: 'journal-mode' | 'encoding', value: string, pragma: string): Issue =>
  issueOf(kind, { table: '', count: 1, samples: [value], sql: `SELECT * FROM pragma_${pragma}` })

export const diskIssues = ({ neededBytes, freeBytes }: DiskSpace): Issue[] =>
  freeBytes >= neededBytes
    ? []
    : [
        issueOf('disk-space', {
          table: '',
          count: 1,
          samples: [{ neededBytes, freeBytes }],
          sql: `SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size`,
        }),
      ]
