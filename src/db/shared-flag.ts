/** Yes or no, in memory that several threads share. */
export interface SharedFlag {
  memory: SharedArrayBuffer
  isRaised(): boolean
  set(raised: boolean): void
}

/** @param memory another thread's flag, to see the same one */
export function sharedFlag(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)): SharedFlag {
  const value = new Int32Array(memory)
  return {
    memory,
    isRaised: () => Atomics.load(value, 0) === 1,
    set: (raised) => void Atomics.store(value, 0, Number(raised)),
  }
}
