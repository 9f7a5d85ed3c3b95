import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Does something in a folder that is gone afterwards, however it ends. */
export async function inFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'task-tracker-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  // Ctrl-C ends the process here: the handlers of its exit take away the servers and the files.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))
  process.once('exit', remove)
  try {
    return await act(folder)
  } finally {
    remove()
  }
}
