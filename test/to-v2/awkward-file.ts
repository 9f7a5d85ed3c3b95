import { join } from 'node:path'
import type { Test } from 'tap'
import type { Handle } from '../../src/db/database.js'
import type { Job } from '../../src/migration/jobs.repository.js'
import type { DirtMade } from '../../src/v1/generate/dirt/add-dirt.js'
import { generateV1, type GenerateV1Options } from '../../src/v1/generate/generate-v1.js'
import { temporaryFolder } from '../helper.js'
import { adopt, runHere, sqlConsole } from './migrated.js'

export const quarantining = {
  onInvalidRow: 'quarantine',
  statusMap: { done: 'completed', waived: 'cancelled' },
}

export interface AwkwardFile {
  path: string
  db: Handle
  made: readonly DirtMade[]
}

/** A file with dirt, adopted, without the rows that an operator has to mend first; and what was made of dirt. */
export async function awkwardFile(t: Test, shape: Partial<GenerateV1Options>): Promise<AwkwardFile> {
  const path = join(temporaryFolder(t), 'app.db')
  let made: DirtMade[] = []
  generateV1({ path, instances: 40, seed: 1, onDirt: (dirt) => (made = dirt), ...shape })
  await adopt(path)
  const db = sqlConsole(path)
  t.teardown(() => db.close())
  await mendWhatBlocks(path, db)
  return { path, db, made }
}

/** As an operator does it: each class has the SQL that shows its rows. */
async function mendWhatBlocks(path: string, db: Handle): Promise<void> {
  for (;;) {
    const { report } = await runHere(path, 'assess', quarantining)
    const blocking = report?.issues.filter(({ severity }) => severity === 'blocking') ?? []
    if (blocking.length === 0) return
    for (const { table, sql = '' } of blocking)
      db.exec(
        `DELETE FROM "${table}" WHERE id IN (SELECT id FROM (${sql})) OR id IS NULL AND EXISTS (${sql})`,
      )
  }
}

/** Rows in v1 = rows equal in v2 + rows that deviate by a stated rule + rows in quarantine. */
export function openSums({ report }: Job): string[] {
  return (report?.tables ?? [])
    .filter(
      ({ sourceRows, equal, byRule, quarantined, mismatched }) =>
        mismatched > 0 || sourceRows !== equal + byRule + quarantined,
    )
    .map((table) => JSON.stringify(table))
}
