import type { RowMapping } from './mapping/row-mapping.js'

/** The mapping as Markdown: a section a mapping, a line a column. */
export function mappingTable(mappings: readonly RowMapping[]): string {
  return [
    '# What becomes of each v1 row',
    '',
    'Made from the mapping in `src/v1/to-v2/mapping/`; a test holds it to the code. Every id is kept.',
    ...mappings.flatMap(section),
    '',
  ].join('\n')
}

function section({ name, source, target, about, id, columns }: RowMapping): string[] {
  return [
    '',
    `## ${name}: ${source} → ${target}`,
    '',
    about,
    '',
    '| v2 column | from v1 | does not fit when |',
    '| --- | --- | --- |',
    line(['id', oneLine(id), '']),
    ...Object.entries(columns).map(([column, { words, misfits }]) =>
      line([column, words, misfits.map(({ reason }) => `\`${reason}\``).join(', ')]),
    ),
  ]
}

const oneLine = (sql: string) => `\`${sql.replaceAll(/\s+/g, ' ')}\``

const line = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
