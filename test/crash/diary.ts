import type { Handle } from '../../src/db/database.js'

/**
 * One client that writes a number after the other to two rows in turns, each once the one before is
 * acknowledged: whatever is left of the file must hold two neighbouring numbers, as commits have an order.
 */
export interface Diary {
  /** The last number that was acknowledged. */
  acknowledged: () => number
  stop: () => Promise<void>
}

type Rows = readonly [string, string]

export function keepDiary(address: string, rows: Rows): Diary {
  let last = 0
  let isStopped = false
  const write = async () => {
    for (let n = 1; !isStopped; n++) {
      const { ok } = await fetch(`${address}/v1/supplier-task-instances/${rows[n % 2]}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ notes: String(n) }),
      })
      if (ok) last = n
    }
  }
  const writing = write()
  return {
    acknowledged: () => last,
    async stop() {
      isStopped = true
      await writing
    },
  }
}

/** The newest number in the file; undefined where the rows do not hold what one moment can have left. */
export function readDiary(db: Handle, rows: Rows): number | undefined {
  const read = db.prepare('SELECT notes FROM supplier_task_instances WHERE id = ?').pluck()
  const [even, odd] = rows.map((row) => Number(read.get(row)))
  if (even === undefined || odd === undefined || Math.abs(even - odd) > 1) return undefined
  return Math.max(even, odd)
}
