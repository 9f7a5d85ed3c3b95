/** A JSON array as a text column holds it. What is no array is kept as it is, beside an empty list. */
export interface StoredList {
  list: unknown[]
  /** The column's text, where it is not a JSON array. */
  raw: string | null
}

export function readStoredList(text: string | null): StoredList {
  if (text === null) return { list: [], raw: null }
  const value = parsed(text)
  return Array.isArray(value) ? { list: value, raw: null } : { list: [], raw: text }
}

/** undefined where the text is no JSON: what is in the field need not be. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
