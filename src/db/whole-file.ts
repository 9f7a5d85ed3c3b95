import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Making a draft takes a fraction of a second: an older one is a killed process's. */
const LONGEST_DRAFT_MS = 60_000

/**
 * Makes a file that has its name only once it is whole, so that a killed process leaves no half one. Of
 * several processes that make it at the same moment the first stays: somebody may have written to it since.
 *
 * @param fill makes the file at the path that it is given
 */
export async function createWholeFile(path: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.new-${randomUUID()}`
  mkdirSync(dirname(path), { recursive: true })
  removeDrafts(path)
  await fill(draft)
  try {
    // Unlike a rename, a link never takes the place of a file.
    linkSync(draft, path)
  } catch (error) {
    // A file system without links has no better way.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(draft, path)
  }
  rmSync(draft, { force: true })
}

function removeDrafts(path: string): void {
  const folder = dirname(path)
  const drafts = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.new-`))
  for (const draft of drafts.map((name) => join(folder, name))) {
    const madeAt = statSync(draft, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (Date.now() - madeAt > LONGEST_DRAFT_MS) rmSync(draft, { force: true })
  }
}
