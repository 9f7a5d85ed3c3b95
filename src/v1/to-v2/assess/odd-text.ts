import { isNullable } from '../../../../migrations/v1-tables.js'
import type { RowKind } from './catalogue.js'
import { columnsOfType, type FileTable } from './file-tables.js'
import type { RowClass } from './row-class.js'

type Class = RowClass<RowKind>

/** Columns with a JSON array in them. */
const lists: Readonly<Record<string, string>> = {
  suppliers: 'contacts',
  supplier_task_instances: 'submissionFiles',
}

/** What users write: neither ids nor statuses. */
export function textClasses(table: FileTable, alias: string): Class[] {
  const list = lists[table.name]
  return columnsOfType(table, 'TEXT')
    .filter(({ name }) => name !== 'id' && name !== 'status' && table.references[name] === undefined)
    .flatMap(({ name }) => [
      ...(isNameOrCode(table, name) ? [blank(name, `${alias}.${name}`)] : []),
      ...(name === list ? [brokenList(name, `${alias}.${name}`)] : []),
      ...oddities.map(({ kind, when }) => odd(name, `${alias}.${name}`, kind, when)),
    ])
}

const isNameOrCode = (table: FileTable, column: string) =>
  ['name', 'code'].includes(column) &&
  table.columns.some(([name, declaration]) => name === column && !isNullable(declaration))

const isBlank = (value: string) => `trim(${value}, ' ' || char(9, 10, 13)) = ''`

const blank = (column: string, value: string): Class => ({
  column,
  when: isBlank(value),
  cases: [{ kind: 'missing-required/blank' }],
})

/** As JSON.parse sees it: SQLite's json_valid refuses the same texts. */
const brokenList = (column: string, value: string): Class => ({
  column,
  when: `typeof(${value}) = 'text' AND CASE WHEN json_valid(${value}) THEN json_type(${value}) <> 'array' ELSE 1 END`,
  cases: [{ kind: 'broken-json/no-array', when: `json_valid(${value})` }, { kind: 'broken-json/unparsable' }],
})

const odd = (column: string, value: string, kind: RowKind, when: (value: string) => string): Class => ({
  column,
  when: `typeof(${value}) = 'text' AND (${when(value)})`,
  cases: [{ kind }],
})

/** SQL for a character of one of the ranges anywhere in a text. */
const hasCharacter = (value: string, ...ranges: readonly (readonly [number, number])[]) =>
  `${value} GLOB '*[' || ${ranges.map(([first, last]) => `char(${first}) || '-' || char(${last})`).join(' || ')} || ']*'`

/** Most texts are ASCII, and known to be without looking at each character. */
const isEmoji = (value: string) =>
  `length(${value}) < length(CAST(${value} AS BLOB)) AND ${hasCharacter(value, [0x2600, 0x27bf], [0x1f000, 0x1faff])}`

/** SQLite reads what is no UTF-8 as U+FFFD, or a lone continuation byte as the character with its number. */
const isInvalidUtf8 = (value: string) =>
  `(SELECT encoding FROM pragma_encoding) = 'UTF-8' AND ${hasCharacter(value, [0x80, 0x10ffff])}
   AND (${value} GLOB '*' || char(65533) || '*' AND instr(${value}, char(65533)) = 0
   OR ${hasCharacter(value, [0x80, 0xbf])} AND instr(CAST(${value} AS BLOB), x'C2') = 0)`

const statements = ['drop table', 'delete from', 'insert into', 'union select', 'or 1=1', ';--', '; --']

/** Each by itself: a note can be odd in several ways. */
const oddities: readonly { kind: RowKind; when: (value: string) => string }[] = [
  { kind: 'odd-text/emoji', when: isEmoji },
  { kind: 'odd-text/invalid-utf8', when: isInvalidUtf8 },
  { kind: 'odd-text/nul', when: (value) => `instr(${value}, char(0)) > 0` },
  // The API takes texts of at most so many characters.
  { kind: 'odd-text/long', when: (value) => `length(${value}) >= 1000000` },
  {
    kind: 'odd-text/sql',
    when: (value) => statements.map((text) => `${value} LIKE '%${text}%'`).join(' OR '),
  },
  {
    kind: 'odd-text/formula',
    when: (value) => `${value} GLOB '[=+@' || char(9, 13) || '-]*' AND NOT ${isBlank(value)}`,
  },
  {
    kind: 'odd-text/big-integer',
    when: (value) =>
      `length(${value}) BETWEEN 16 AND 100 AND ${value} NOT GLOB '*[^0-9]*' AND CAST(${value} AS REAL) > ${Number.MAX_SAFE_INTEGER}`,
  },
]
