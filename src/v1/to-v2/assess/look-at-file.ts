import type { Handle } from '../../../db/database.js'
import type { Stage } from '../../../kernel/api-groups.js'
import type { DiskSpace, FileFacts, TableVolume } from '../../../migration/assessment.js'
import type { Issue } from '../../../migration/report.js'
import { mappingFor } from '../v1-shape.js'
import { isBroken } from './damage.js'
import { fileIssues, readDiskSpace, readFileFacts } from './file-facts.js'
import { wantedTables } from './file-tables.js'
import { violationIssues } from './foreign-keys.js'
import { isService, objectIssues, readObjects } from './objects.js'
import { readServiceNames } from './service-names.js'
import { readStage } from './stage.js'
import { structureIssues } from './structure.js'
import { countRows } from './volumes.js'

export interface LookAtFile {
  file: FileFacts
  disk: DiskSpace
  tables: TableVolume[]
  issues: Issue[]
}

/** Every row's parents are looked up: with the default cache most of that would be reading again. */
const CACHE_KIB = 64 * 1024

/** What there is to say of the file before any row is looked at. */
export async function lookAtFile(db: Handle, path: string): Promise<LookAtFile> {
  const file = readFileFacts(db, path)
  const disk = readDiskSpace(path, file)
  const issues = fileIssues(file, disk)
  if (isBroken(file)) return { file, disk, tables: [], issues }
  db.pragma(`cache_size = -${CACHE_KIB}`)
  const { tables, issues: ofSchema } = await lookAtSchema(db, readStage(db))
  return { file, disk, tables, issues: [...issues, ...ofSchema] }
}

async function lookAtSchema(db: Handle, stage: Stage | null) {
  const names = await readServiceNames(mappingFor(db))
  const objects = readObjects(db)
  const v1Tables = wantedTables(db)
  const v1Names = v1Tables.map(({ name }) => name)
  const others = objects.filter((one) => !isService(one, stage, names))
  const tables = countRows(db, objects, { v1Tables, stage, names })
  const readable = tables.filter(({ rows, kind }) => rows !== null && kind !== 'service')
  return {
    tables,
    issues: [
      ...structureIssues(db),
      ...objectIssues(others, v1Names, names),
      ...violationIssues(
        db,
        readable.map(({ table }) => table),
        v1Tables,
      ),
    ],
  }
}
