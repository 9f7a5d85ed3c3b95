import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'

/** A file of a backup, as its manifest has it. */
export interface FileSum {
  bytes: number
  sha256: string
}

/** Whether a file could not be written for lack of room, or of leave to use it. */
export const isOutOfSpace = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code))

const BUFFER_BYTES = 256 * 1024

/** Writes a file from parts; `close` puts it on the disk and gives its sum. */
export function createFileWriter(path: string): {
  write(part: Buffer): void
  close(): FileSum
  abandon(): void
} {
  const file = openSync(path, 'wx')
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let bytes = 0
  const flush = () => {
    const part = Buffer.concat(waiting)
    for (let at = 0; at < part.length;) at += writeSync(file, part, at)
    hash.update(part)
    bytes += part.length
    waiting = []
    waitingBytes = 0
  }
  return {
    write(part) {
      waiting.push(part)
      waitingBytes += part.length
      if (waitingBytes >= BUFFER_BYTES) flush()
    },
    close() {
      flush()
      fsyncSync(file)
      closeSync(file)
      return { bytes, sha256: hash.digest('hex') }
    },
    abandon: () => closeSync(file),
  }
}

export function writeDurably(path: string, parts: Iterable<Buffer | string>): FileSum {
  const writer = createFileWriter(path)
  try {
    for (const part of parts) writer.write(Buffer.from(part))
  } catch (error) {
    writer.abandon()
    throw error
  }
  return writer.close()
}

/** For a folder: that the names in it are on the disk. */
export function sync(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

/** Reads a file to its end. `rest` is called now and then. */
export async function sumOf(path: string, rest: () => Promise<void>): Promise<FileSum> {
  const file = openSync(path, 'r')
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.alloc(4 * 1024 * 1024)
    let bytes = 0
    for (;;) {
      const read = readSync(file, buffer)
      if (read === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, read))
      bytes += read
      await rest()
    }
  } finally {
    closeSync(file)
  }
}
