import { getEnvironmentData } from 'node:worker_threads'
import type { Handle } from '../../../db/database.js'
import type { Check } from '../../../migration/report.js'
import { checkFiles, checkReferredFiles, type FilesCheck } from '../../../v2/submission-files/check-files.js'

/** Under which a process tells its workers where submission files are kept. */
export const FILES_DIR_KEY = 'filesDir'

/** What a process tells them: the folder, and whether the operator has named it. */
export interface FilesPlace {
  dir: string
  isNamed: boolean
}

/**
 * Every file that an instance refers to is there. No check where nobody has said where files are kept. What v1
 * refers to was missing before, if it is, and only the operator knows of a folder that has it: that is noted.
 */
export async function checkSubmissionFiles(db: Handle, rest: () => Promise<void>): Promise<Check[]> {
  const place = getEnvironmentData(FILES_DIR_KEY) as FilesPlace | undefined
  if (place === undefined) return []
  const kept = asCheck(await checkFiles(db, place.dir, rest), {
    id: 'submission-files',
    title: 'Every submission file that is kept here is in its place',
    otherwise: 'failed',
  })
  if (!place.isNamed) return [kept]
  const referred = asCheck(await checkReferredFiles(db, place.dir, rest), {
    id: 'referred-files',
    title: 'Every submission file that v1 refers to by a path is in the folder of the files, or beside it',
    otherwise: 'noted',
  })
  return [kept, referred]
}

const asCheck = (
  { filesFound, filesMissing, samples }: FilesCheck,
  { id, title, otherwise }: { id: string; title: string; otherwise: 'failed' | 'noted' },
): Check => ({
  id,
  group: 'files',
  title,
  status: filesMissing === 0 ? 'passed' : otherwise,
  expected: { filesFound: filesFound + filesMissing, filesMissing: 0 },
  actual: { filesFound, filesMissing },
  samples,
})
