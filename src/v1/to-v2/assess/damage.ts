import { asSqliteError, type Handle } from '../../../db/database.js'
import type { FileFacts } from '../../../migration/assessment.js'
import type { Issue } from '../../../migration/report.js'
import { issueOf } from './issues.js'

/** The whole check reads every index entry: 15 s for 600 MB, of which the quick one takes three. */
const LARGEST_WHOLE_CHECK = 100 * 1024 * 1024
const LINES = 20

/** No damage: a NULL where the column takes none is told of as a row. */
const isAboutRows = (line: string) => line.startsWith('NULL value in ')

/** Whether SQLite can read all of the file, by its own word. */
export function checkDamage(db: Handle, bytes: number): Pick<FileFacts, 'check' | 'damage'> {
  const check = bytes > LARGEST_WHOLE_CHECK ? 'quick_check' : 'integrity_check'
  const lines = checkLines(db, check)
  return { check, damage: lines.filter((line) => line !== 'ok') }
}

/** Where the schema itself cannot be read, the check does not begin. */
function checkLines(db: Handle, check: string): string[] {
  let reason = ''
  const lines = unlessBroken(
    () => db.prepare(`PRAGMA ${check}(${LINES})`).pluck().all() as string[],
    (message) => (reason = message),
  )
  return lines ?? [reason]
}

/** What SQLite says of the file itself. Anything else, such as a lock, says nothing about what is in it. */
const aboutTheFile = /^SQLITE_(CORRUPT|NOTADB|ERROR|READONLY_ROLLBACK)/

/** undefined where SQLite cannot even begin, with what it says. */
export function unlessBroken<Value>(
  read: () => Value,
  onError?: (message: string) => void,
): Value | undefined {
  try {
    return read()
  } catch (error) {
    const known = asSqliteError(error)
    if (known === undefined || !aboutTheFile.test(known.code)) throw error
    onError?.(`${known.code}: ${known.message}`)
    return undefined
  }
}

type Damage = Pick<FileFacts, 'check' | 'damage'>

const brokenLines = ({ damage }: Damage) => damage.filter((line) => !isAboutRows(line))

/** Nothing that is read from such a file can be relied on. */
export const isBroken = (damage: Damage): boolean => brokenLines(damage).length > 0

export function damageIssues(found: Damage): Issue[] {
  const samples = brokenLines(found)
  if (samples.length === 0) return []
  const isUnfinished = samples.every((line) => line.startsWith('SQLITE_READONLY_ROLLBACK'))
  const sql = `PRAGMA ${found.check}`
  return [
    issueOf(isUnfinished ? 'unfinished-write' : 'corrupt', {
      table: '',
      count: samples.length,
      samples,
      sql,
    }),
  ]
}
