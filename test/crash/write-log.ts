/**
 * The log of every write that clients have sent: what was acknowledged must be there, what was refused
 * must not, and what had no answer may be either, but stays what it was found to be.
 *
 * A thing is an item, or the name of one that may come to be; its value is text, as `readThings` gives it.
 */
export interface WriteLog {
  counts: { acknowledged: number; refused: number; unanswered: number }
  /** Every thing that was written to since the last call. */
  takeTouched: () => string[]
  things: () => string[]
  acknowledged: (thing: string, value: string) => void
  refused: (thing: string, value: string) => void
  unanswered: (thing: string, value: string) => void
  /** Compares the log with what the file holds, a sentence a difference; open questions are settled by it. */
  compare: (held: ReadonlyMap<string, string>) => string[]
}

interface Entry {
  settled: string
  open: string[]
  refused: string[]
}

export const absent = 'absent'

/** @param before what the file held when the first write was sent */
export function createWriteLog(before: ReadonlyMap<string, string>): WriteLog {
  const entries = new Map<string, Entry>()
  const counts = { acknowledged: 0, refused: 0, unanswered: 0 }
  let touched = new Set<string>()
  const entryOf = (thing: string): Entry => {
    touched.add(thing)
    const entry = entries.get(thing) ?? { settled: before.get(thing) ?? absent, open: [], refused: [] }
    entries.set(thing, entry)
    return entry
  }
  return {
    counts,
    takeTouched() {
      const taken = [...touched]
      touched = new Set()
      return taken
    },
    things: () => [...entries.keys()],
    acknowledged(thing, value) {
      counts.acknowledged++
      Object.assign(entryOf(thing), { settled: value, open: [] })
    },
    refused(thing, value) {
      counts.refused++
      entryOf(thing).refused.push(value)
    },
    unanswered(thing, value) {
      counts.unanswered++
      entryOf(thing).open.push(value)
    },
    compare: (held) =>
      [...entries].flatMap(([thing, entry]) => {
        const value = held.get(thing) ?? absent
        const problem = whyWrong(thing, entry, value)
        Object.assign(entry, { settled: value, open: [] })
        return problem === undefined ? [] : [problem]
      }),
  }
}

function whyWrong(thing: string, { settled, open, refused }: Entry, value: string): string | undefined {
  if (value === settled || open.includes(value)) return undefined
  const wrote = refused.includes(value) ? ', which was refused' : ''
  const maybe = open.length === 0 ? '' : ` or, without an answer, ${open.join(' or ')}`
  return `${thing} is ${value}${wrote}; acknowledged was ${settled}${maybe}`
}
