import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import { Instant, StringEnum } from '../../http/schemas.js'
import { readPart } from '../../http/validation.js'
import { stages } from '../../kernel/api-groups.js'

export const MANIFEST = 'manifest.json'
export const DATABASE = 'database.db'
export const SCHEMA = 'schema.sql'
export const FORMAT = 1

/** A relative path below the backup's folder, and nothing that leads out of it. */
const NAME = `[\\w%~!*()'-][\\w.%~!*()'-]*`
const FileName = Type.String({ pattern: `^${NAME}(/${NAME})?$` })

export const Manifest = Type.Object(
  {
    format: Type.Literal(FORMAT),
    id: Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'that of the job that made it' }),
    job: Type.String({ description: 'what kind of job made it' }),
    createdAt: Instant(),
    databaseId: Type.String({ description: 'of the database that it was made of' }),
    applicationVersion: Type.String(),
    stage: StringEnum(stages, { title: 'Stage' }),
    schemaFiles: Type.Array(Type.String()),
    bytes: Type.Integer({ description: 'of all of its files together' }),
    rows: Type.Integer(),
    tables: Type.Array(
      Type.Object({
        table: Type.String(),
        rows: Type.Integer(),
        rowHash: Type.String({ description: 'SHA-256 over the lines of its CSV but for the first' }),
        file: FileName,
      }),
    ),
    files: Type.Array(Type.Object({ file: FileName, bytes: Type.Integer(), sha256: Type.String() })),
  },
  { additionalProperties: false },
)
export type Manifest = Static<typeof Manifest>

/** @throws Error where there is none, or it is none of ours; the message says why */
export function readManifest(folder: string): Manifest {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null) throw new Error(`${MANIFEST} is no object`)
  return readPart(Manifest, manifest, '') as Manifest
}
