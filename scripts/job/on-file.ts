import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { setEnvironmentData } from 'node:worker_threads'
import { pino } from 'pino'
import { asWire } from '../../src/admin/job-wire.js'
import { readConfig } from '../../src/config.js'
import type { Database } from '../../src/db/database.js'
import { readPart } from '../../src/http/validation.js'
import { Problem } from '../../src/kernel/problem.js'
import { createJobHost, STALE_MS } from '../../src/migration/host.js'
import { isLeaseAlive } from '../../src/migration/jobs.repository.js'
import { backupsBeside } from '../../src/migration/settings.js'
import type { JournalTables } from '../../src/migration/tables.js'
import { openApplicationDatabase } from '../../src/open-application-database.js'
import { FILES_DIR_KEY, type FilesPlace } from '../../src/v1/to-v2/validate/files.js'
import { filesBeside } from '../../src/v2/submission-files/file-store.js'
import { jobKinds } from '../../src/v1/to-v2/jobs.js'
import { checkFailed, wrongUsage } from '../terminal.js'
import type { Runner } from './runners.js'

const jobsModule = new URL('../../src/v1/to-v2/jobs.js', import.meta.url).href

/**
 * Jobs on a file, in this process, by the same code as the routes. The environment says what it says to a
 * server: where backups are kept, and for how long v1 is.
 *
 * @throws Error where a server is at work on the file
 */
export async function runnerOnFile(path: string): Promise<Runner> {
  if (!existsSync(path)) throw wrongUsage(`There is no file ${path}.`)
  const config = readConfig({ ...process.env, HOST: '127.0.0.1' })
  const db = (await openApplicationDatabase(path, config.initialGroups)) as Database<JournalTables>
  try {
    await requireNoRunner(db, path)
  } catch (error) {
    await db.close()
    throw error
  }
  // Workers, which validate, are told where the files are.
  const place: FilesPlace = {
    dir: config.filesDir ?? filesBeside(path),
    isNamed: config.filesDir !== undefined,
  }
  setEnvironmentData(FILES_DIR_KEY, { ...place })
  const host = createJobHost(db, jobsModule, pino({ level: 'fatal' }), () => ({
    backups: { dir: config.backupDir ?? backupsBeside(path), ...config.backupKeeping },
    legacyRetentionDays: config.legacyRetentionDays,
    clockOffsetMs: 0,
  }))
  return {
    async start({ job, options, reason = null }) {
      const kind = jobKinds.find(({ name }) => name === job)
      if (kind === undefined) throw wrongUsage(`There is no job ${job}.`)
      const asked = { actor: userInfo().username, address: null, requestId: null, reason }
      try {
        return (await host.start(kind, readPart(kind.options, options, ''), { asked })).id
      } catch (error) {
        throw error instanceof Problem && error.status === 422 ? wrongUsage(error.detail) : error
      }
    },
    get: async (id) => asWire(await host.wait(id, 0)),
    async cancel(id) {
      await host.request(id, 'cancel')
    },
    async close() {
      await host.close()
      await db.close()
    },
  }
}

async function requireNoRunner(db: Database<JournalTables>, path: string): Promise<void> {
  if (await isLeaseAlive(db.reader, STALE_MS))
    throw checkFailed(`A server runs a job on ${path}: ask it, by --url ADDRESS.`)
}
