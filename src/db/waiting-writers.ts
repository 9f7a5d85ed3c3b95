/**
 * How many writes of this process wait for the database lock, in memory that the worker shares.
 *
 * SQLite has no queue for its lock: whoever holds it in short turns must be told to leave a gap.
 */
export class WaitingWriters {
  private readonly count: Int32Array

  private constructor(readonly memory: SharedArrayBuffer) {
    this.count = new Int32Array(memory)
  }

  static create(): WaitingWriters {
    return new WaitingWriters(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  }

  /** The same count, seen from another thread. */
  static over(memory: SharedArrayBuffer): WaitingWriters {
    return new WaitingWriters(memory)
  }

  get any(): boolean {
    return Atomics.load(this.count, 0) > 0
  }

  async whileWaiting<Result>(act: () => Promise<Result>): Promise<Result> {
    Atomics.add(this.count, 0, 1)
    try {
      return await act()
    } finally {
      Atomics.sub(this.count, 0, 1)
      Atomics.notify(this.count, 0)
    }
  }

  /** Stops this thread until nobody waits, `limitMs` at most. Only for a worker. */
  letPass(limitMs: number): void {
    const until = performance.now() + limitMs
    for (let left = limitMs; this.any && left > 0; left = until - performance.now())
      Atomics.wait(this.count, 0, Atomics.load(this.count, 0), left)
  }
}
