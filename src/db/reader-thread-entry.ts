import BetterSqlite3 from 'better-sqlite3'
import { parentPort, workerData } from 'node:worker_threads'
import { addSqlFunctions } from './sql-functions.js'
import { statementCache } from './statement-cache.js'
import { yieldProcessor } from './yield-processor.js'

/** What a reader thread is given; it imports little else, as it has to start quickly. */
export interface ReaderThreadInput {
  path: string
  timeoutMs: number
  /** Whether others go first where there are not processors for all. */
  yields: boolean
}

/** A statement to run; none: close the file and end. */
export type Asked = { sql: string; parameters: readonly unknown[] } | undefined

/** An error loses its class on the way: SQLite's are named by their code. */
export type Told = { rows: unknown[] } | { message: string; code: string | undefined }

const { path, timeoutMs, yields } = workerData as ReaderThreadInput
if (yields) yieldProcessor()
let connection: ReturnType<typeof connect> | undefined

/** With the first question: a file that cannot be opened is an answer to it. */
function connect() {
  const handle = addSqlFunctions(
    new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: timeoutMs }),
  )
  return { handle, prepare: statementCache(handle) }
}

parentPort?.on('message', (asked: Asked) => {
  if (asked === undefined) {
    connection?.handle.close()
    parentPort?.close()
    return
  }
  const told: Told = answer(asked)
  parentPort?.postMessage(told)
})

function answer({ sql, parameters }: NonNullable<Asked>): Told {
  try {
    connection ??= connect()
    const statement = connection.prepare(sql)
    if (statement.reader) return { rows: statement.all(parameters) }
    statement.run(parameters)
    return { rows: [] }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return {
      message: error.message,
      code: error instanceof BetterSqlite3.SqliteError ? error.code : undefined,
    }
  }
}
