import type { Kysely } from 'kysely'
import type { GroupVersions, Stage } from '../kernel/api-groups.js'
import type { Handle } from '../db/database.js'
import type { JournalTables } from './tables.js'

/** What the database is, and which version serves what. Instants are epoch milliseconds. */
export interface MigrationState {
  stage: Stage
  groups: GroupVersions
  /** Whether both schemas are known to hold the same; null: never checked. */
  inStep: boolean | null
  checkedAt: number | null
  /** When the last group was moved to v2. */
  cutoverAt: number | null
}

const columns = ['stage', 'groups', 'inStep', 'checkedAt', 'cutoverAt'] as const
type StateRow = Pick<JournalTables['migration_state'], (typeof columns)[number]>

const fromRow = (row: StateRow): MigrationState => ({
  ...row,
  groups: JSON.parse(row.groups) as GroupVersions,
  inStep: row.inStep === null ? null : row.inStep === 1,
})

export async function getState(db: Kysely<JournalTables>): Promise<MigrationState> {
  return fromRow(await db.selectFrom('migration_state').select(columns).executeTakeFirstOrThrow())
}

export const readState = (handle: Handle): MigrationState =>
  fromRow(handle.prepare(`SELECT ${columns.join(', ')} FROM migration_state`).get() as StateRow)

/** Call inside the transaction whose effect the new state describes. */
export function writeState(handle: Handle, changes: Partial<MigrationState>): void {
  const next = { ...readState(handle), ...changes }
  handle
    .prepare('UPDATE migration_state SET stage = ?, groups = ?, inStep = ?, checkedAt = ?, cutoverAt = ?')
    .run(
      next.stage,
      JSON.stringify(next.groups),
      next.inStep === null ? null : Number(next.inStep),
      next.checkedAt,
      next.cutoverAt,
    )
}
