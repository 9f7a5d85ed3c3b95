import { execFileSync } from 'node:child_process'

/** From now on no write of the process reaches beyond so many bytes of a file: the device answers with an error. */
export const limitFiles = (pid: number | undefined, bytes: number | 'unlimited'): void =>
  void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])

/** Whether this machine can do so. */
export function hasFileLimits(): boolean {
  try {
    execFileSync('prlimit', ['--version'])
    return true
  } catch {
    return false
  }
}
