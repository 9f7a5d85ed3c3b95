import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryFolder } from '../helper.js'

const FILLER = 'filler'
const BLOCK_BYTES = 65_536

/** A disk of its own, in memory, which can be filled. */
export interface SmallDisk {
  folder: string
  fill: (leaveBytes: number) => void
  free: () => void
}

/** Undefined where this user may not mount anything. */
export function mountSmallDisk(t: Test, megabytes: number): SmallDisk | undefined {
  const folder = temporaryFolder(t)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  // Before the folder is removed: what was registered last runs first.
  t.teardown(() => void execFileSync('umount', ['--lazy', folder]))
  const filler = join(folder, FILLER)
  return {
    folder,
    fill(leaveBytes) {
      const file = openSync(filler, 'a')
      for (;;) {
        const { bavail, bsize } = statfsSync(folder)
        const bytes = Math.min(BLOCK_BYTES, bavail * bsize - leaveBytes)
        if (bytes <= 0) break
        writeSync(file, Buffer.alloc(bytes))
      }
      closeSync(file)
    },
    free: () => rmSync(filler),
  }
}
