import { dirname, join } from 'node:path'

/** How long backups are kept. */
export interface BackupKeeping {
  /** So many of the newest stay, however old they are. */
  keepLast: number
  /** All of so many days stay, however many they are. */
  keepDays: number
}

/** What jobs are told by the environment. It goes to a worker: data only. */
export interface JobSettings {
  /** `dir` has a folder for each backup. */
  backups: BackupKeeping & { dir: string }
  /** For how many days after the full cutover v1 is kept. */
  legacyRetentionDays: number
  /** How far the clock of this service is ahead of the machine's. */
  clockOffsetMs: number
}

/** Epoch milliseconds. */
export const nowOf = ({ clockOffsetMs }: Pick<JobSettings, 'clockOffsetMs'>): number =>
  Date.now() + clockOffsetMs

export const backupDefaults: BackupKeeping = { keepLast: 5, keepDays: 30 }

export const backupsBeside = (databasePath: string): string => join(dirname(databasePath), 'backups')

export const defaultSettings = (databasePath: string): JobSettings => ({
  backups: { dir: backupsBeside(databasePath), ...backupDefaults },
  legacyRetentionDays: 30,
  clockOffsetMs: 0,
})
