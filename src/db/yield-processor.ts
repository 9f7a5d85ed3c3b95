import { existsSync, readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** As a program that is started by `nice`: others go first where there are not processors for all. */
const NICE = 10

/**
 * Lets other threads have the processor first that this one runs on: for work that may take long, beside
 * threads that answer requests. Only Linux knows of priorities of threads; elsewhere nothing happens.
 */
export function yieldProcessor(): void {
  if (existsSync(CALLING_THREAD)) setPriority(threadId(), NICE)
}

/** A link to `<process>/task/<thread>`. */
const CALLING_THREAD = '/proc/thread-self'

const threadId = () => Number(readlinkSync(CALLING_THREAD).split('/').at(-1))
