import type { Handle } from '../../../db/database.js'
import { admissionTriggers, heldRowTriggers, lineageTriggers } from './admission.js'
import { arrivalTriggers } from './arrivals.js'
import { assignmentProcedures, assignmentTriggers } from './assignments.js'
import { cascadeTriggers } from './cascades.js'
import { downTriggers, proceduresDown } from './down-triggers.js'
import type { RowMapping } from '../mapping/row-mapping.js'
import { createProcedure } from './procedure.js'
import { legacyTriggers } from './legacy.js'
import { leftTwinTriggers } from './settle-twins.js'
import { placeTriggers } from './sub-tasks.js'
import { upTriggers } from './up-triggers.js'
import { upProcedures } from './up-procedures.js'
import { mappingFor } from '../v1-shape.js'
import { createHeldViews } from '../held-rows.js'
import { createLineageViews } from '../lineage.js'
import { createDownViews, createUpViews } from '../views.js'

const made = new WeakMap<readonly RowMapping[], readonly string[]>()

/** Every view, procedure and trigger that keeps both schemas in step, in the order of their making. */
export function syncObjects(mappings: readonly RowMapping[]): readonly string[] {
  const objects = made.get(mappings) ?? makeObjects(mappings)
  made.set(mappings, objects)
  return objects
}

const makeObjects = (mappings: readonly RowMapping[]): string[] => [
  ...createUpViews(mappings, 'main'),
  ...createHeldViews(mappings),
  ...createLineageViews(mappings),
  ...createDownViews(mappings),
  ...[...mappings.flatMap(upProcedures), ...assignmentProcedures, ...proceduresDown(mappings)].flatMap(
    createProcedure,
  ),
  ...upTriggers(mappings),
  ...downTriggers(mappings),
  ...legacyTriggers(mappings),
  ...placeTriggers,
  ...arrivalTriggers(mappings),
  ...admissionTriggers(mappings),
  ...heldRowTriggers(mappings),
  ...cascadeTriggers(mappings),
  ...lineageTriggers(mappings),
  ...assignmentTriggers,
  ...leftTwinTriggers,
]

const nameOf = (sql: string) => /^CREATE (TRIGGER|VIEW) (\w+)/.exec(sql)

/** The kind and the name of each. */
const namesOf = (mappings: readonly RowMapping[]): { kind: string; name: string }[] =>
  syncObjects(mappings).flatMap((sql) => {
    const [, kind, name] = nameOf(sql) ?? []
    return kind === undefined || name === undefined ? [] : [{ kind, name }]
  })

export const syncObjectNames = (mappings: readonly RowMapping[]): string[] =>
  namesOf(mappings).map(({ name }) => name)

/** Triggers before views, and both before the tables: one left on a dropped table fails every later write. */
export const dropSyncObjects = (mappings: readonly RowMapping[]): string[] =>
  namesOf(mappings)
    .toReversed()
    .map(({ kind, name }) => `DROP ${kind} IF EXISTS ${name}`)

/** The same for whatever of it the file has, and however it was altered. */
export function dropStoredSync(db: Handle): string[] {
  const names = new Set(syncObjectNames(mappingFor(db)))
  const stored = db
    .prepare(`SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY type`)
    .all() as { type: string; name: string }[]
  return stored
    .filter(({ name }) => names.has(name))
    .map(({ type, name }) => `DROP ${type} IF EXISTS ${name}`)
}

/** Every view and trigger of the sync that is missing or is not as it should be, a sentence each. */
export function driftOfSync(db: Handle): string[] {
  const stored = db.prepare(`SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'view')`).pluck().all()
  return driftOf(new Set(stored as string[]), mappingFor(db))
}

/** @param stored the SQL of every view and trigger that the file has */
export const driftOf = (stored: ReadonlySet<string>, mappings: readonly RowMapping[]): string[] =>
  syncObjects(mappings)
    .filter((sql) => !stored.has(sql))
    .map(
      (sql) =>
        `The ${nameOf(sql)?.[1]?.toLowerCase() ?? ''} ${nameOf(sql)?.[2] ?? sql} is missing or altered`,
    )
