/**
 * How many writes of this process wait for the database lock, and how many have asked for it and ended
 * ever, in memory that the worker shares.
 *
 * SQLite has no queue for its lock: whoever holds it in short turns must be told to leave a gap.
 */
export class WaitingWriters {
  private readonly counts: Int32Array

  private constructor(readonly memory: SharedArrayBuffer) {
    this.counts = new Int32Array(memory)
  }

  static create(): WaitingWriters {
    return new WaitingWriters(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))
  }

  /** The same counts, seen from another thread. */
  static over(memory: SharedArrayBuffer): WaitingWriters {
    return new WaitingWriters(memory)
  }

  get any(): boolean {
    return Atomics.load(this.counts, WAITING) > 0
  }

  /**
   * Grows with every write of this process. A commit since a moment is another program's when no write has
   * asked by now that had not `ended` by then.
   */
  get asked(): number {
    return Atomics.load(this.counts, ASKED)
  }

  get ended(): number {
    return Atomics.load(this.counts, ENDED)
  }

  ask(): void {
    Atomics.add(this.counts, ASKED, 1)
  }

  end(): void {
    Atomics.add(this.counts, ENDED, 1)
  }

  async whileWaiting<Result>(act: () => Promise<Result>): Promise<Result> {
    Atomics.add(this.counts, WAITING, 1)
    try {
      return await act()
    } finally {
      Atomics.sub(this.counts, WAITING, 1)
      Atomics.notify(this.counts, WAITING)
    }
  }

  /** Stops this thread until nobody waits, `limitMs` at most. Only for a worker. */
  letPass(limitMs: number): void {
    const until = performance.now() + limitMs
    for (let left = limitMs; this.any && left > 0; left = until - performance.now())
      Atomics.wait(this.counts, WAITING, Atomics.load(this.counts, WAITING), left)
  }
}

const WAITING = 0
const ASKED = 1
const ENDED = 2
