import type { Kysely, Selectable } from 'kysely'
import { apiGroups, type ApiGroup, type GroupVersions, type Stage } from '../kernel/api-groups.js'
import type { Handle } from '../db/database.js'
import type { JournalTables } from './tables.js'

/** What the database is, and which version serves what. Instants are epoch milliseconds. */
export interface MigrationState {
  stage: Stage
  groups: GroupVersions
  /** When each group that v2 serves was moved there, as far as that is known. */
  groupsSince: Partial<Record<ApiGroup, number>>
  /** Whether both schemas are known to hold the same; null: never checked. */
  inStep: boolean | null
  checkedAt: number | null
  /** When the last group was moved to v2. */
  cutoverAt: number | null
  /** Until then /v1 answers nobody. */
  brownoutUntil: number | null
}

/** What is wrong with the sync now: nothing, where all are empty. */
export interface SyncState {
  /** Triggers and views that are missing or altered, a sentence each. */
  drift: string[]
  /** Rows that one side cannot hold as the other has them, by reason. */
  waiting: { table: string; reason: string; rows: number }[]
  /** When it was last found broken, epoch milliseconds, and how. */
  lastAlarm: { at: number; what: string } | null
}

const columns = [
  'stage',
  'groups',
  'groupsSince',
  'inStep',
  'checkedAt',
  'cutoverAt',
  'brownoutUntil',
] as const
type StateRow = Pick<Selectable<JournalTables['migration_state']>, (typeof columns)[number]>

const fromRow = (row: StateRow): MigrationState => ({
  ...row,
  groups: JSON.parse(row.groups) as GroupVersions,
  groupsSince: JSON.parse(row.groupsSince) as MigrationState['groupsSince'],
  inStep: row.inStep === null ? null : row.inStep === 1,
})

export async function getState(db: Kysely<JournalTables>): Promise<MigrationState> {
  return fromRow(await db.selectFrom('migration_state').select(columns).executeTakeFirstOrThrow())
}

/** Which database this is, whatever its file is called. */
export async function getDatabaseId(db: Kysely<JournalTables>): Promise<string> {
  const row = await db.selectFrom('migration_state').select('databaseId').executeTakeFirstOrThrow()
  return row.databaseId
}

export const readDatabaseId = (handle: Handle): string =>
  handle.prepare('SELECT databaseId FROM migration_state').pluck().get() as string

export const readState = (handle: Handle): MigrationState =>
  fromRow(handle.prepare(`SELECT ${columns.join(', ')} FROM migration_state`).get() as StateRow)

/** v2 has every row. */
export const holdsV2 = ({ stage }: Pick<MigrationState, 'stage'>): boolean =>
  stage !== 'v1' && stage !== 'expanded'

/** A group that was set to v2 before v2 has its rows is moved once it has them. */
const sinceOf = (state: MigrationState, now: number): MigrationState['groupsSince'] =>
  Object.fromEntries(
    apiGroups
      .filter((group) => holdsV2(state) && state.groups[group] === 'v2')
      .map((group) => [group, state.groupsSince[group] ?? now]),
  )

/** What says nothing of the data: the brownout of a time that is over. */
const columnsOfData = columns.filter((column) => column !== 'brownoutUntil').join(', ')

/**
 * Takes what another database, attached under the name `from`, says of its data. Which database this is
 * stays, and a brownout ends. Call inside the transaction in which the data is taken.
 */
export const takeState = (handle: Handle, from: string): void =>
  void handle.exec(
    `UPDATE main.migration_state SET (${columnsOfData}) = (SELECT ${columnsOfData} FROM ${from}.migration_state), brownoutUntil = NULL`,
  )

/** Call inside the transaction whose effect the new state describes. */
export function writeState(handle: Handle, changes: Partial<Omit<MigrationState, 'groupsSince'>>): void {
  const next = { ...readState(handle), ...changes }
  handle
    .prepare(
      'UPDATE migration_state SET stage = ?, groups = ?, groupsSince = ?, inStep = ?, checkedAt = ?, cutoverAt = ?, brownoutUntil = ?',
    )
    .run(
      next.stage,
      JSON.stringify(next.groups),
      JSON.stringify(sinceOf(next, changes.cutoverAt ?? Date.now())),
      next.inStep === null ? null : Number(next.inStep),
      next.checkedAt,
      next.cutoverAt,
      next.brownoutUntil,
    )
}
