import { isOfLegacyModel } from '../mapping/legacy-names.js'
import { keepsIds, type RowMapping } from '../mapping/row-mapping.js'
import { createTrigger, isUsersWrite } from './procedure.js'
import { callStep } from './up-procedures.js'

/**
 * A console may have foreign keys off. What v1 keeps as an orphan then cannot stay in v2, where references
 * hold: it goes from there, and is in quarantine until it has a parent again. With foreign keys on there is
 * nothing left to do here.
 */
export const cascadeTriggers = (mappings: readonly RowMapping[]): string[] => [
  ...[...childrenOf(mappings)].flatMap(([parent, children]) =>
    ['DELETE', 'UPDATE OF id'].flatMap((event) =>
      [true, false].map((isUsers) => goWithParent({ parent, event, isUsers }, children)),
    ),
  ),
  ...mappings.filter(keepsIds).map(leaveOnRecord),
]

interface Going {
  parent: string
  event: string
  isUsers: boolean
}

function goWithParent({ parent, event, isUsers }: Going, children: readonly string[]): string {
  const differs = event === 'DELETE' ? '' : ' AND OLD.id IS NOT NEW.id'
  const guarded = isUsers
    ? [`INSERT INTO sync_guard VALUES ('up')`, ...children, 'DELETE FROM sync_guard']
    : children
  return createTrigger(
    `go_with_${parent}_${event.slice(0, 6).toLowerCase()}${isUsers ? '' : '_mirrored'}`,
    `AFTER ${event} ON ${parent} WHEN ${isUsers ? '' : 'NOT '}${isUsersWrite}${differs}`,
    guarded,
  )
}

/** Statements over `OLD` of the parent, by its table. */
function childrenOf(mappings: readonly RowMapping[]): Map<string, string[]> {
  const children = new Map<string, Set<string>>()
  for (const { target, parents } of mappings)
    for (const [column, parent] of Object.entries(parents))
      children.set(
        parent,
        (children.get(parent) ?? new Set()).add(`DELETE FROM ${target} WHERE ${column} = OLD.id`),
      )
  return new Map([...children].map(([parent, statements]) => [parent, [...statements]]))
}

const leaveOnRecord = (mapping: RowMapping) =>
  createTrigger(
    `leave_${isOfLegacyModel(mapping.name) ? mapping.name : mapping.target}`,
    `AFTER DELETE ON ${mapping.target}
WHEN NOT ${isUsersWrite} AND EXISTS (SELECT 1 FROM ${mapping.source} s WHERE s.id = OLD.id)`,
    callStep('record', mapping, 'SELECT OLD.id'),
  )
