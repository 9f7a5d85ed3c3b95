import { activeTables, createStatements, legacyTables, sharedTables } from '../../../migrations/v1-tables.js'

/** Tables of v1 that v2 goes on using. */
export const sharedNames: readonly string[] = [
  ...sharedTables.map(({ name }) => name),
  'supplier_project_instances',
]

/** Those that go with v1, children before parents; a file has one generation of the legacy ones, or both. */
export const v1OnlyTables: readonly string[] = [
  ...[...activeTables].reverse(),
  ...['_old', ''].flatMap((suffix) => legacyTables(suffix as '_old' | '').toReversed()),
]
  .map(({ name }) => name)
  .filter((name) => !sharedNames.includes(name))

/** The one index beside the unique ones that v2 has on a shared table. */
const usedByV2 = 'supplier_project_instances_projectId_idx'

/** Indexes on shared tables that only v1's application made use of. */
export const v1OnlyIndexes: readonly string[] = [...sharedTables, ...activeTables]
  .filter(({ name }) => sharedNames.includes(name))
  .flatMap(createStatements)
  .flatMap((statement) => /^CREATE INDEX "(\w+)"/.exec(statement)?.[1] ?? [])
  .filter((name) => name !== usedByV2)
