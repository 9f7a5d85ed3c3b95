import { invalidRequest } from '../../kernel/problem.js'
import { safeFileName } from './file-name.js'

/**
 * The name of a file as a URL has it, composed. Another one is not made of it: under that the client would
 * not find the file again.
 *
 * @throws Problem `invalid-input`
 */
export function requestedName(given: string): string {
  const name = safeFileName(given)
  if (name !== undefined && name === given.normalize('NFC')) return name
  const advice = name === undefined ? '' : `: "${name}" would do`
  const message = `must be a file name, without path and control characters, of 255 bytes at most${advice}`
  throw invalidRequest([{ path: ':fileName', message }])
}
