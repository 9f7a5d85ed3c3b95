import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import { DAY_MS } from '../../kernel/due-date.js'
import type { V2Tables } from '../tables.js'
import type { FilesConfig } from './file-store.js'
import { sweepFiles } from './sweep-files.js'

const FIRST_SWEEP_MS = 60_000

export interface Sweeping {
  db: Kysely<V2Tables>
  files: FilesConfig
  log: FastifyBaseLogger
  /** Whether v2 knows every instance: before that every file looks forgotten. */
  mayJudge: () => Promise<boolean>
  signal: AbortSignal
}

/** Sweeps the folder of the files a minute after the start, and then every day, until the signal. */
export async function keepSwept({ db, files, log, mayJudge, signal }: Sweeping): Promise<void> {
  for (let ms = FIRST_SWEEP_MS; ; ms = DAY_MS) {
    await wait(ms, undefined, { signal, ref: false })
    try {
      if (await mayJudge()) log.info(await sweepFiles(db, files, Date.now()), 'swept the submission files')
    } catch (error) {
      log.error({ err: error }, 'could not sweep the submission files')
    }
  }
}
