import { Type, type Static } from '@sinclair/typebox'
import { envSchema } from 'env-schema'
import { allGroupsOn, apiGroups, groupOutOfOrder, type GroupVersions } from './kernel/api-groups.js'
import { backupDefaults, type BackupKeeping } from './migration/settings.js'
import { USUAL_MAX_BYTES } from './v2/submission-files/file-store.js'

const Environment = Type.Object({
  DATABASE_PATH: Type.String({ default: 'data/app.db', minLength: 1 }),
  HOST: Type.String({ default: '127.0.0.1', minLength: 1 }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535 }),
  ADMIN_TOKEN: Type.Optional(Type.String({ minLength: 1 })),
  API_TOKEN: Type.Optional(Type.String({ minLength: 1 })),
  USE_V2_API: Type.String({ default: 'false' }),
  LEGACY_RETENTION_DAYS: Type.Number({ default: 30, minimum: 0 }),
  FILES_DIR: Type.Optional(Type.String({ minLength: 1 })),
  FILES_MAX_BYTES: Type.Integer({ default: USUAL_MAX_BYTES, minimum: 1 }),
  BACKUP_DIR: Type.Optional(Type.String({ minLength: 1 })),
  BACKUP_KEEP_LAST: Type.Integer({ default: backupDefaults.keepLast, minimum: 1 }),
  BACKUP_KEEP_DAYS: Type.Number({ default: backupDefaults.keepDays, minimum: 0 }),
  LOG_LEVEL: Type.String({
    default: 'info',
    enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  }),
})

export interface Config {
  databasePath: string
  host: string
  port: number
  adminToken: string | undefined
  apiToken: string | undefined
  /** For a database that has no flag yet. */
  initialGroups: GroupVersions
  legacyRetentionDays: number
  /** Where submission files are kept; none given: beside the database. */
  filesDir: string | undefined
  filesMaxBytes: number
  /** Where backups are kept; none given: beside the database. */
  backupDir: string | undefined
  backupKeeping: BackupKeeping
  logLevel: string
}

/**
 * The environment as one typed object.
 *
 * @throws Error that names the variable, before anything is opened
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const env = envSchema<Static<typeof Environment>>({ schema: Environment, data: environment, dotenv: false })
  requireProtection(env)
  return {
    databasePath: env.DATABASE_PATH,
    host: env.HOST,
    port: env.PORT,
    adminToken: env.ADMIN_TOKEN,
    apiToken: env.API_TOKEN,
    initialGroups: readGroups(env.USE_V2_API),
    legacyRetentionDays: env.LEGACY_RETENTION_DAYS,
    filesDir: env.FILES_DIR,
    filesMaxBytes: env.FILES_MAX_BYTES,
    backupDir: env.BACKUP_DIR,
    backupKeeping: { keepLast: env.BACKUP_KEEP_LAST, keepDays: env.BACKUP_KEEP_DAYS },
    logLevel: env.LOG_LEVEL,
  }
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** Without its token a scope is open to whoever reaches the port, so only this machine may. */
function requireProtection({ HOST, ADMIN_TOKEN, API_TOKEN }: Static<typeof Environment>): void {
  const open = [
    ...(ADMIN_TOKEN === undefined ? ['ADMIN_TOKEN'] : []),
    ...(API_TOKEN === undefined ? ['API_TOKEN'] : []),
  ]
  if (!isLoopback(HOST) && open.length > 0)
    throw new Error(
      `HOST=${HOST} can be reached from elsewhere: set ${open.join(' and ')}, or HOST=127.0.0.1.`,
    )
}

/** `true`, `false`, or the groups that start on v2, separated by commas. */
function readGroups(value: string): GroupVersions {
  if (value === 'true') return allGroupsOn('v2')
  if (value === 'false' || value === '') return allGroupsOn('v1')
  const named = value.split(',').map((name) => name.trim())
  const unknown = named.find((name) => !apiGroups.some((group) => group === name))
  if (unknown !== undefined)
    throw new Error(`USE_V2_API names ${unknown}: it may be true, false, or of ${apiGroups.join(', ')}.`)
  const groups = { ...allGroupsOn('v1'), ...Object.fromEntries(named.map((name) => [name, 'v2'])) }
  const early = groupOutOfOrder(groups)
  if (early !== undefined)
    throw new Error(`USE_V2_API names ${early} before those that come first: ${apiGroups.join(', ')}.`)
  return groups
}
