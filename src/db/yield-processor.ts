import { existsSync, readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Others go first where there are not processors for all, and this still has a third of what they have. */
const NICE = 5

/**
 * Lets other threads have the processor first that this one runs on: for work that may take long, beside
 * threads that answer requests. Not for what holds a lock: all would wait with it. Only Linux knows of priorities of threads; elsewhere nothing happens.
 */
export function yieldProcessor(): void {
  if (existsSync(CALLING_THREAD)) setPriority(threadId(), NICE)
}

/** A link to `<process>/task/<thread>`. */
const CALLING_THREAD = '/proc/thread-self'

const threadId = () => Number(readlinkSync(CALLING_THREAD).split('/').at(-1))
