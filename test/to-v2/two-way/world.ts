import { join } from 'node:path'
import type { Test } from 'tap'
import { openDatabase, type Database, type Handle } from '../../../src/db/database.js'
import type { App } from '../../../src/http/type-provider.js'
import { v1Routes } from '../../../src/v1/index.js'
import type { V1Tables } from '../../../src/v1/tables.js'
import { v2Routes } from '../../../src/v2/index.js'
import type { V2Tables } from '../../../src/v2/tables.js'
import { serve, temporaryFolder } from '../../helper.js'
import { sqlConsole } from '../migrated.js'
import type { statementCache } from '../../../src/db/statement-cache.js'
import { preparingOnce } from './preparing-once.js'

export const NOW = Date.UTC(2026, 5, 1)

/** One database file, as all who write to it see it. */
export interface World {
  path: string
  /** Another program on the file; it prepares each statement once. */
  console: Handle
  prepare: ReturnType<typeof statementCache>
  send: (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => Promise<Sent>
  /** The id of the n-th row of a table, counted round; none: an id that no row has. */
  pick: (table: string, n: number) => string
  /** Whether a table had no row to pick: then a reference leads nowhere. */
  isAtLoss: boolean
  /** Whether v1 has rows that do not fit: then a write to v1 may fail by its own foreign keys. */
  isAwkward: boolean
  /** With recursive triggers, OR REPLACE is a delete and an insert to every trigger: then the row is a new one. */
  isRecursive: boolean
}

export interface Sent {
  status: number
  body: string
}

/** A write: `a` and `b` are small numbers that choose rows and values. False where there was nothing to do. */
export type Write = (world: World, a: number, b: number) => Promise<void> | void

/**
 * /v1 and /v2 over whichever file is being written to: building the routes takes longer than a sequence of
 * writes. Both versions answer at any stage, as their clients' requests may be under way.
 */
export async function serveWorlds(t: Test) {
  let current: Database<unknown> | undefined
  const db = {
    path: join(temporaryFolder(t), 'of-no-sequence.db'),
    get reader() {
      return opened(current).reader
    },
    get writer() {
      return opened(current).writer
    },
    get waiting() {
      return opened(current).waiting
    },
    get walSync() {
      return opened(current).walSync
    },
  } as Database<unknown>
  const context = { db, now: () => NOW }
  const traits = { hasResponsibleParties: true, legacySuffix: '_old' } as const
  const app = await serve<unknown>(
    t,
    '',
    (scope, given) => {
      void scope.register(
        async (v1) => v1Routes(v1 as App, given as typeof context & { db: Database<V1Tables> }, traits),
        { prefix: '/v1' },
      )
      void scope.register(
        async (v2) => v2Routes(v2 as App, given as typeof context & { db: Database<V2Tables> }),
        { prefix: '/v2' },
      )
    },
    context,
  )
  return {
    /** The file, with all who write to it connected. */
    open(path: string): Site {
      const database = openDatabase<unknown>(path)
      const consoles = [false, true].map((isRecursive) => openConsole(path, isRecursive))
      return {
        /** For one sequence: its console has recursive triggers, or it has not. */
        world(isRecursive) {
          current = database
          const console = consoles[isRecursive ? 1 : 0]
          if (console === undefined) throw new Error('the file is closed')
          return worldOf({ path, isRecursive, app, console })
        },
        async close() {
          for (const console of consoles.splice(0)) console.close()
          await database.close()
        },
      }
    },
  }
}

export interface Site {
  world(isRecursive: boolean): World
  close(): Promise<void>
}

/** Changing the pragma would make SQLite compile every statement of the connection anew. */
function openConsole(path: string, isRecursive: boolean) {
  const console = preparingOnce(sqlConsole(path))
  console.pragma('foreign_keys = ON')
  console.pragma(`recursive_triggers = ${isRecursive ? 'ON' : 'OFF'}`)
  return console
}

function opened(db: Database<unknown> | undefined): Database<unknown> {
  if (db === undefined) throw new Error('no sequence is under way')
  return db
}

type Given = Pick<World, 'path' | 'console' | 'isRecursive'> & { app: App }

function worldOf({ app, ...given }: Given): World {
  const world: World = {
    ...given,
    prepare: (sql: string) => given.console.prepare(sql),
    isAtLoss: false,
    isAwkward: false,
    async send(method, url, payload) {
      const answer = await app.inject(payload === undefined ? { method, url } : { method, url, payload })
      return { status: answer.statusCode, body: answer.body }
    },
    pick(table, n) {
      const ids = given.console.prepare(`SELECT id FROM ${table} ORDER BY id`).pluck().all() as string[]
      const id = ids[n % Math.max(ids.length, 1)]
      if (id === undefined) world.isAtLoss = true
      return id ?? 'none'
    },
  }
  return world
}

/** A write may break a rule of the table that it writes to; never one of a table that mirrors it. */
export function isOwnFault(
  { isAtLoss, isAwkward }: World,
  { side }: { side: string },
  error: unknown,
): boolean {
  if ((isAtLoss || (isAwkward && side === 'v1')) && String(error).includes('FOREIGN KEY')) return true
  const table = /(?:constraint failed: (?:index ')?|Error: )(v2_tasks(?=:|_name_key')|\w+(?=\.))/.exec(
    String(error),
  )?.[1]
  return table !== undefined && side !== 'shared' && table.startsWith('v2_') === (side === 'v2')
}
