import { readFileSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import type { Random } from '../../src/v1/generate/random.js'

const WAL_HEADER = 32
const FRAME_HEADER = 24

/** A database and its WAL at one instant, taken while the process that writes to it stands still. */
export interface Snapshot {
  database: Buffer
  wal: Buffer
  /** Bytes of the WAL that no power loss takes away: a checkpoint syncs what it moves into the file. */
  safe: number
  /** Where its last commit ends; what follows is of no account. */
  end: number
}

export function takeSnapshot(path: string): Snapshot {
  const { pageSize, frames, checkpointed } = readWalIndex(`${path}-shm`)
  const after = (count: number) => WAL_HEADER + count * (FRAME_HEADER + pageSize)
  return {
    database: readFileSync(path),
    wal: readFileSync(`${path}-wal`),
    safe: after(checkpointed),
    end: after(frames),
  }
}

/** The WAL index, as sqlite.org/walformat.html describes it: native byte order, two copies of its header. */
function readWalIndex(path: string): { pageSize: number; frames: number; checkpointed: number } {
  const index = readFileSync(path)
  const isLittle = endianness() === 'LE'
  const u32 = (at: number) => (isLittle ? index.readUInt32LE(at) : index.readUInt32BE(at))
  const size = isLittle ? index.readUInt16LE(14) : index.readUInt16BE(14)
  return { pageSize: size === 1 ? 65_536 : size, frames: u32(16), checkpointed: u32(128) }
}

/** What a power loss, or a disk, does to the end of a WAL, at one of its bytes. */
export type Damage = (wal: Buffer, at: number, random: Random) => Buffer

const TORN = 512

export const damages = {
  cut: (wal, at) => wal.subarray(0, at),
  'a bit flipped': (wal, at, random) => {
    const flipped = Buffer.from(wal)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    return flipped
  },
  'sectors zeroed': (wal, at, random) => {
    const torn = Buffer.from(wal)
    const end = at + TORN * (1 + Math.floor(random() * 8))
    return torn.fill(0, at, Math.min(end, torn.length))
  },
} satisfies Record<string, Damage>

/** Puts a snapshot in a place of its own, its WAL as it is given. */
export function restoreSnapshot(path: string, { database }: Snapshot, wal: Buffer): void {
  writeFileSync(path, database)
  writeFileSync(`${path}-wal`, wal)
}
