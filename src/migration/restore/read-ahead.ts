import { open } from 'node:fs/promises'

const CHUNK_BYTES = 4 * 1024 * 1024

/**
 * Reads a file to its end and keeps nothing: what is looked up in it soon afterwards, at places all over the
 * file, is in memory then, and need not be waited for.
 *
 * @param rest called between the parts
 */
export async function readAhead(path: string, rest: () => Promise<void>): Promise<void> {
  const file = await open(path)
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    while ((await file.read(chunk, 0, CHUNK_BYTES)).bytesRead > 0) await rest()
  } finally {
    await file.close()
  }
}
