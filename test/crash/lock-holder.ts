import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

/** Takes the write lock for HELD ms, leaves it for FREE ms, over and over; the first line says that it has it. */
const script = `const db = new (require('better-sqlite3'))(process.argv[1], { timeout: 60000 })
  const [held, free] = process.argv.slice(2).map(Number)
  const take = () => {
    db.exec('BEGIN IMMEDIATE')
    console.log('locked')
    setTimeout(() => { db.exec('COMMIT'); setTimeout(take, free) }, held)
  }
  take()`

/** Another program that holds the write lock, until the test ends or it is killed. */
export async function holdLock(
  t: Test,
  path: string,
  { held, free }: { held: number; free: number },
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', script, path, String(held), String(free)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdout.resume()
  return child
}
