import { join } from 'node:path'
import { openReaderHandle } from '../../db/database.js'
import { apiGroups } from '../../kernel/api-groups.js'
import { conflict } from '../../kernel/problem.js'
import { folderOf } from '../../migration/backup/backup-folders.js'
import { DATABASE } from '../../migration/backup/manifest.js'
import type { Phase } from '../../migration/job.js'
import type { Issue } from '../../migration/report.js'
import { JobFailure, type Run } from '../../migration/run.js'
import { readState, type MigrationState } from '../../migration/state.js'
import { removeV2 } from './expand.js'
import { hashV2Only, listV2Only } from './v2-only.js'

const onV2 = ({ groups }: Pick<MigrationState, 'groups'>) =>
  apiGroups.filter((group) => groups[group] === 'v2')

/**
 * Clients are sent back first, by a step of its own that loses nothing: v2 must not be taken from under them.
 *
 * @throws Problem `groups-on-v2`
 */
export function requireGroupsOnV1(state: Pick<MigrationState, 'groups'>): void {
  const served = onV2(state)
  if (served.length > 0)
    throw conflict(
      'groups-on-v2',
      `v2 serves ${served.join(', ')}: run rollback with the level "api" first, then this again.`,
      { groups: served },
    )
}

/**
 * Removes v2 wholly, once what only v2 can hold is in the job's backup: what that says is what goes. v1 has
 * everything else, and goes on as it was.
 */
export const rollbackSchema: Phase = {
  name: 'rollback',
  async run(run) {
    const archived = readArchive(run)
    run.findings.issues.push(...archived.issues)
    // A job that goes on after a crash has removed it already.
    if (readState(run.db).stage === 'v1') return
    await removeV2(run, () => {
      if (onV2(readState(run.db)).length > 0) throw changed('A group was moved to v2')
      if (hashV2Only(run.db) !== archived.hash) throw changed('Something was written that only v2 can hold')
    })
  },
}

const changed = (what: string) =>
  new JobFailure({
    code: 'changed-meanwhile',
    detail: `${what} since the backup was made. Nothing was removed: start the job again.`,
  })

function readArchive(run: Run): { hash: string; issues: Issue[] } {
  const archive = openReaderHandle(join(folderOf(run.settings.backups.dir, run.job.id), DATABASE))
  try {
    return { hash: hashV2Only(archive), issues: listV2Only(archive, run.job.id) }
  } finally {
    archive.close()
  }
}
