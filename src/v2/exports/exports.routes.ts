import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Type, type TObject } from '@sinclair/typebox'
import type { FastifyTypeProviderDefault } from 'fastify'
import type { Context } from '../../http/resource.js'
import { asAttachment } from '../../http/content-disposition.js'
import type { App } from '../../http/type-provider.js'
import { toWire } from '../../http/wire.js'
import type { V2Tables } from '../tables.js'
import { csvLines } from '../../http/csv.js'
import { exportTables, type ExportTable } from './export-tables.js'

/** Read, written out and forgotten together: so many rows hold up others for some milliseconds. */
const ROWS_AT_ONCE = 100

const csv = {
  description: 'RFC 4180, UTF-8, with a header line; rows in the order of their ids',
  content: {
    'text/csv': { schema: Type.String({ examples: ['"id","name"\r\n"acme","Acme Castings"\r\n'] }) },
  },
}

export function exportRoutes(app: App, context: Context<V2Tables>): void {
  for (const table of exportTables) exportRoute(app, context, table)
}

function exportRoute(app: App, { db, now }: Context<V2Tables>, table: ExportTable): void {
  const { path, plural, noun } = table
  const schema = {
    operationId: `export${plural}`,
    summary: `Export the table of ${noun}s as CSV`,
    description:
      'Every row that there is throughout, in the order of the ids; the columns are the fields of its JSON.',
    tags: ['Exports'],
    querystring: Type.Object(table.filters, { additionalProperties: false }),
    response: { 200: csv },
  }
  // HEAD would have to write out the table to say nothing.
  const options = { schema, config: { group: 'taskRead' }, exposeHeadRoute: false } as const
  app
    .withTypeProvider<FastifyTypeProviderDefault>()
    .get<{ Querystring: object }>(`/exports/${path}.csv`, options, async (request, reply) => {
      const at = now()
      const filters = request.query as Record<string, unknown>
      const lines = linesOf(table, (after) =>
        table.list(db.reader, { limit: ROWS_AT_ONCE, after }, filters, at),
      )
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', asAttachment(`${path}.csv`))
        .header('x-content-type-options', 'nosniff')
        .send(Readable.from(lines, { objectMode: false }))
    })
}

type ReadPage = (after: string | undefined) => ReturnType<ExportTable['list']>

/**
 * The table as CSV, page by page: no snapshot is held, so that the WAL can be checkpointed meanwhile. Every
 * row that is there throughout is there once, as it was when its page was read.
 */
async function* linesOf({ item }: Pick<ExportTable, 'item'>, readPage: ReadPage): AsyncGenerator<string> {
  const columns = Object.keys(item.properties)
  yield csvLines([columns])
  for (let after: string | undefined; ;) {
    const rows = await readPage(after)
    const page = rows.slice(0, ROWS_AT_ONCE)
    yield csvLines(page.map((row) => cellsOf(item, columns, row)))
    // A client that reads as fast as this writes would otherwise leave nobody else a turn.
    await setImmediate()
    if (rows.length <= ROWS_AT_ONCE) return
    after = page.at(-1)?.id
  }
}

function cellsOf(item: TObject, columns: readonly string[], row: object): unknown[] {
  const wire: Record<string, unknown> = toWire(item, row)
  return columns.map((column) => wire[column])
}
