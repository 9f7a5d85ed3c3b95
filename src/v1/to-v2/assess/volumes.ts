import type { Handle } from '../../../db/database.js'
import { identifier } from '../../../db/quoting.js'
import type { Stage } from '../../../kernel/api-groups.js'
import type { TableVolume } from '../../../migration/assessment.js'
import type { FileTable } from './file-tables.js'
import { isService, type SchemaObject } from './objects.js'
import type { ServiceNames } from './service-names.js'

/** How many rows every table of the file has. */
export const countRows = (
  db: Handle,
  objects: readonly SchemaObject[],
  { v1Tables, stage, names }: { v1Tables: readonly FileTable[]; stage: Stage | null; names: ServiceNames },
): TableVolume[] =>
  objects
    .filter(({ type }) => type === 'table')
    .map((table) => {
      const ours = v1Tables.find(({ name }) => name === table.name)
      const kind = ours?.isInBoth === true ? 'shared' : ours?.kind
      const others = isService(table, stage, names) ? 'service' : 'other'
      return { table: table.name, rows: rowsOf(db, table), kind: kind ?? others }
    })

/** A virtual table is what its module says, which this process may not have, or may have to work hard for. */
const rowsOf = (db: Handle, { name, sql }: SchemaObject): number | null =>
  sql?.startsWith('CREATE VIRTUAL TABLE') === true
    ? null
    : (db
        .prepare(`SELECT count(*) FROM main.${identifier(name)}`)
        .pluck()
        .get() as number)
