import { isNullable } from '../../../../migrations/v1-tables.js'
import { formatInstant } from '../../../kernel/instant.js'
import type { StoredValue } from '../row-writer.js'
import { damaged, type DirtKind } from './dirt-kind.js'
import { AFTER, BEFORE, CREATED, type Table } from './ground.js'
import { columnsDeclared, tables } from './v1-columns.js'

const workTables = ['supplier_task_instances', 'task_instances_old'] as const

/** The column set to each of the values; who is completed has a date of it, and the other way round. */
const eachOf = (column: string, values: readonly StoredValue[]) =>
  values.map((value) => ({ ...(column === 'completedAt' ? { status: 'completed' } : {}), [column]: value }))

const orphans: DirtKind[] = tables.flatMap(({ name: table, references }) =>
  Object.keys(references).flatMap((column) => [
    damaged({ code: 'orphan', subcase: 'missing', table, column }, (number) => ({
      [column]: `cgone${number}of${table}`,
    })),
    damaged({ code: 'orphan', subcase: 'null', table, column }, [{ [column]: null }], { isNull: true }),
  ]),
)

const spellings = ['In Progress', 'NOT-STARTED', ' blocked\n', 'Cancelled', 'in-progress', '\tnot started ']
const unknowns = ['almost done', 'waived', '', 'done', 'on hold; see notes', 'In  Progress']

const statuses: DirtKind[] = workTables.flatMap((table) => {
  const sort = { code: 'invalid-status', table, column: 'status' }
  return [
    damaged({ ...sort, subcase: 'spelling' }, [
      ...eachOf('status', spellings),
      { status: ' Completed', completedAt: AFTER },
    ]),
    damaged({ ...sort, subcase: 'unknown' }, eachOf('status', unknowns)),
    damaged({ ...sort, subcase: 'null' }, [{ status: null }], { isNull: true }),
  ]
})

const badDates = {
  unreadable: [
    ...['soon', '2026-02-30 10:00:00', '2026-03-01', '2026-03-01T10:00:00', '01.03.2026', ''],
    ...[CREATED + 0.5, Buffer.from([0])],
  ],
  'before-1990': [1_780_000_000, '1989-12-31 23:59:59', -1, 0, '1970-01-01T00:00:00Z'],
  'after-2100': [4_133_980_800_000, '2101-01-01T00:00:00Z', 1_780_000_000_000_000, 2n ** 62n],
}

const instant = formatInstant(CREATED)
const textDates = {
  'sqlite-text': [instant.slice(0, 19).replace('T', ' '), `${instant.slice(0, 19).replace('T', ' ')}.000`],
  'iso-8601': [
    instant,
    instant.replace('.000Z', 'Z'),
    formatInstant(CREATED + 7_200_000).replace('Z', '+02:00'),
  ],
}

const dates: DirtKind[] = columnsDeclared('DATETIME').flatMap(({ table, column, declaration }) => [
  ...Object.entries(badDates).map(([subcase, values]) =>
    damaged({ code: 'bad-date', subcase, table, column }, eachOf(column, values)),
  ),
  ...(isNullable(declaration)
    ? []
    : [
        damaged({ code: 'bad-date', subcase: 'null', table, column }, [{ [column]: null }], { isNull: true }),
      ]),
  ...Object.entries(textDates).map(([subcase, values]) =>
    damaged({ code: 'mixed-date-forms', subcase, table, column }, eachOf(column, values)),
  ),
])

const inOrder = (table: Table, subcase: string, column: string, damage: Record<string, StoredValue>) =>
  damaged({ code: 'date-order', subcase, table, column }, [damage])

const dateOrders: DirtKind[] = [
  ...columnsDeclared('DATETIME')
    .filter(({ column }) => column === 'updatedAt')
    .map(({ table }) => inOrder(table, 'updated-before-created', 'updatedAt', { updatedAt: BEFORE })),
  ...workTables.flatMap((table) => [
    inOrder(table, 'completed-before-created', 'completedAt', { status: 'completed', completedAt: BEFORE }),
    inOrder(table, 'completed-without-date', 'completedAt', { status: 'completed' }),
    inOrder(table, 'date-without-completed', 'completedAt', { completedAt: AFTER }),
  ]),
]

const flags: DirtKind[] = columnsDeclared('BOOLEAN').flatMap(({ table, column }) => {
  const sort = { code: 'odd-boolean', table, column }
  return [
    damaged({ ...sort, subcase: 'text' }, eachOf(column, ['true', 'false', 'TRUE', 'False', 'tRuE'])),
    damaged({ ...sort, subcase: 'other' }, eachOf(column, [2, 'yes', '', -1, 0.5, 't'])),
    damaged({ ...sort, subcase: 'null' }, [{ [column]: null }], { isNull: true }),
  ]
})

export const valueKinds: readonly DirtKind[] = [...orphans, ...statuses, ...dates, ...dateOrders, ...flags]
