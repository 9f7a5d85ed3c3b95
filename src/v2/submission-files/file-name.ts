const MAX_BYTES = 255
const LONGEST_ENDING = 20

/** Control characters, line and paragraph separators, and what turns the direction of writing round. */
const unseen = /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu

/**
 * A name under which anybody can save a file: the last part of a path, without what cannot be seen,
 * composed (NFC), and at most 255 bytes long; undefined where nothing is left.
 */
export function safeFileName(given: string): string | undefined {
  // toString() puts a replacement character for a lone surrogate.
  const wellFormed = Buffer.from(given, 'utf8').toString('utf8')
  const last = wellFormed.slice(Math.max(wellFormed.lastIndexOf('/'), wellFormed.lastIndexOf('\\')) + 1)
  const name = shortened(last.replaceAll(unseen, '').trim().normalize('NFC'))
  return name === '' || name === '.' || name === '..' ? undefined : name
}

/** Cut before its ending: a report stays a .pdf. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name
  const ending = /\.[^. ]+$/.exec(name)?.[0] ?? ''
  const kept = ending.length <= LONGEST_ENDING ? ending : ''
  let room = MAX_BYTES - Buffer.byteLength(kept)
  let stem = ''
  for (const char of name.slice(0, name.length - kept.length)) {
    room -= Buffer.byteLength(char)
    if (room < 0) break
    stem += char
  }
  return stem + kept
}
