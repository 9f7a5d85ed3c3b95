import { isNullable } from '../../../../migrations/v1-tables.js'
import type { StoredValue } from '../row-writer.js'
import { damaged, type DirtKind } from './dirt-kind.js'
import type { Table } from './ground.js'
import { columnsDeclared, tables } from './v1-columns.js'

type Place = readonly [table: Table, column: string]

const each = (column: string, values: readonly StoredValue[]) => values.map((value) => ({ [column]: value }))

const lists: readonly Place[] = [
  ['suppliers', 'contacts'],
  ['supplier_task_instances', 'submissionFiles'],
]

const brokenJson: DirtKind[] = lists.flatMap(([table, column]) => {
  const sort = { code: 'broken-json', table, column }
  return [
    damaged(
      { ...sort, subcase: 'unparsable' },
      each(column, ['[{"name":"Ann"', 'none', '', '[1,]', '{name:1}']),
    ),
    damaged({ ...sort, subcase: 'no-array' }, each(column, ['{}', '"a.pdf"', 'null', '7', '{"files":[]}'])),
  ]
})

/** Blank, and no two alike: names and codes are unique. */
const blank = (number: number) => (number % 2 === 0 ? ' ' : '\t').repeat(number)

const blanks: DirtKind[] = columnsDeclared('TEXT NOT NULL')
  .filter(({ column }) => column === 'name' || column === 'code')
  .map(({ table, column }) =>
    damaged({ code: 'missing-required', subcase: 'blank', table, column }, (number) => ({
      [column]: blank(number),
    })),
  )

const isReference = (table: Table, column: string) =>
  tables.find(({ name }) => name === table)?.references[column] !== undefined

const nulls: DirtKind[] = [...columnsDeclared('TEXT'), ...columnsDeclared('INTEGER')]
  .filter(
    ({ table, column, declaration }) =>
      column !== 'id' && !isNullable(declaration) && !isReference(table, column),
  )
  // What a status of work is without a value is an invalid status.
  .filter(({ declaration }) => !declaration.includes('not_started'))
  .map(({ table, column }) =>
    damaged({ code: 'missing-required', subcase: 'null', table, column }, [{ [column]: null }], {
      isNull: true,
    }),
  )

const bytes = (...hex: string[]) => hex.map((one) => ({ text: Buffer.from(one, 'hex') }))

const MEGABYTE = 1_048_576

/** A lone surrogate, bytes that are no character, Latin-1 and Windows-1252 taken for UTF-8, characters cut off. */
const invalidUtf8 = bytes('61eda08062', 'ff61fe', '4de97374', '9370617294', '3930b0', 'e28261', 'c3')

const odd: Readonly<Record<string, readonly StoredValue[]>> = {
  emoji: ['✅ Approved 🎉 by 👩‍🔧', '🚗', 'sent ☎'],
  'invalid-utf8': invalidUtf8,
  nul: ['a\0b', '\0', 'ends here\0'],
  long: ['x'.repeat(MEGABYTE)],
  sql: ["'); DROP TABLE suppliers; --", 'Robert; DELETE FROM tasks', "x' OR 1=1 --"],
  formula: ['=HYPERLINK("http://example.com","open")', '+SUM(A1:A9)', '-2+3', '@SUM(A1)', '\t=1', '\r=1'],
  'big-integer': ['9007199254740993', '123456789012345678901234567890'],
}

/** One free text of each model, and one of a table that both versions share. */
const texts: readonly Place[] = [
  ['suppliers', 'contactInfo'],
  ['project_milestone_tasks', 'notes'],
  ['supplier_task_instances', 'notes'],
  ['task_instances_old', 'notes'],
]

const oddTexts: DirtKind[] = [
  ...texts.flatMap(([table, column]) =>
    Object.entries(odd).map(([subcase, values]) =>
      damaged(
        { code: 'odd-text', subcase, table, column },
        each(column, values),
        subcase === 'long' ? { atMost: 3 } : {},
      ),
    ),
  ),
  ...columnsDeclared('INTEGER').map(({ table, column }) =>
    damaged(
      { code: 'odd-text', subcase: 'big-integer', table, column },
      each(column, [2n ** 53n, -(2n ** 62n)]),
    ),
  ),
]

/** Tables of which no two share an id, and whose new rows have no children. */
const withEmptyId: readonly Table[] = [
  'suppliers',
  'tasks',
  'project_milestone_tasks',
  'supplier_task_instances',
]

const wrongTypes: DirtKind[] = [
  ...texts.map(([table, column]) =>
    damaged({ code: 'wrong-type', table, column }, each(column, [Buffer.from('ab'), Buffer.alloc(0)])),
  ),
  ...columnsDeclared('INTEGER').map(({ table, column }) =>
    damaged({ code: 'wrong-type', table, column }, each(column, [1.5, 'first'])),
  ),
  ...withEmptyId.map((table) =>
    damaged({ code: 'wrong-type', table, column: 'id' }, [{ id: '' }], { atMost: 1 }),
  ),
]

export const textKinds: readonly DirtKind[] = [...brokenJson, ...blanks, ...nulls, ...oddTexts, ...wrongTypes]
