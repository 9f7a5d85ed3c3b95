import type { Handle } from '../../../src/db/database.js'
import { statementCache } from '../../../src/db/statement-cache.js'

/** More than the service keeps, and yet some GB less than all. */
export const MOST = { reads: 2_000, writes: 200 }

/** The handle, whose statements are kept: to compile one with all its triggers takes longer than to run it. */
export function preparingOnce(handle: Handle): Handle {
  const cached = statementCache({ prepare: handle.prepare.bind(handle) }, MOST)
  handle.prepare = ((sql: string) => {
    const statement = cached(sql)
    return statement.reader ? statement.pluck(false).raw(false) : statement
  }) as Handle['prepare']
  return handle
}
