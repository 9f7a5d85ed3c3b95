import type { InputError } from '../kernel/problem.js'

/**
 * What is wrong with ids that a body names: each may stand there once, and must be a known one.
 *
 * @param pathOf where the id with that index stands
 * @param mustBe what an unknown id should have been, such as `must be the id of a task of the task type`
 */
export function namingErrors(
  ids: readonly string[],
  pathOf: (index: number) => string,
  isKnown: (id: string) => boolean,
  mustBe: string,
): InputError[] {
  const seen = new Set<string>()
  return ids.flatMap((id, index) => {
    const message = seen.has(id) ? 'is named twice' : isKnown(id) ? undefined : mustBe
    seen.add(id)
    return message === undefined ? [] : [{ path: pathOf(index), message }]
  })
}
