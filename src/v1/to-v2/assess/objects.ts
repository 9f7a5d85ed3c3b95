import type { Handle } from '../../../db/database.js'
import { literal } from '../../../db/quoting.js'
import type { Issue } from '../../../migration/report.js'
import type { Stage } from '../../../kernel/api-groups.js'
import type { FileKind } from './catalogue.js'
import { issueOf } from './issues.js'
import type { ServiceNames } from './service-names.js'
import { triggerIssues, type Trigger } from './triggers.js'

export interface SchemaObject {
  type: 'table' | 'index' | 'view' | 'trigger'
  name: string
  table: string
  sql: string | null
}

export const readObjects = (db: Handle): SchemaObject[] =>
  db
    .prepare(
      `SELECT type, name, tbl_name AS "table", sql FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all() as SchemaObject[]

/** Prisma's own record, which v1 files may have. */
const PRISMA = '_prisma_migrations'

/** What this service has made in a database that is at this stage; `null`: the file has not been adopted yet. */
export function isService(one: SchemaObject, stage: Stage | null, names: ServiceNames): boolean {
  if (stage === null) return false
  return names.adopted.has(one.name) || (stage !== 'v1' && willBeService(one, names))
}

const willBeService = (one: SchemaObject, names: ServiceNames) =>
  names.adopted.has(one.name) || names.migrated.has(one.name)

/** What stands in the file beside v1: it stays as it is, unless it would be in the way. */
export function objectIssues(
  others: readonly SchemaObject[],
  v1Tables: readonly string[],
  names: ServiceNames,
): Issue[] {
  const taken = others.filter((one) => willBeService(one, names))
  const free = others.filter((one) => !taken.includes(one) && !v1Tables.includes(one.name))
  const ofType = (type: SchemaObject['type']) => free.filter((one) => one.type === type)
  return [
    ...taken.map((one) => objectIssue('name-taken', one)),
    ...ofType('table')
      .filter(({ name }) => name !== PRISMA)
      .map((one) => objectIssue('unknown-table', one)),
    ...ofType('view').map((one) => objectIssue('view', one)),
    ...triggerIssues(ofType('trigger') as (SchemaObject & Trigger)[], v1Tables),
  ]
}

const objectIssue = (kind: FileKind, { name }: SchemaObject): Issue =>
  issueOf(kind, {
    table: name,
    count: 1,
    samples: [name],
    sql: `SELECT * FROM sqlite_master WHERE name = ${literal(name)}`,
  })
