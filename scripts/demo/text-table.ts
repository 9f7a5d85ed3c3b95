/** Lines with aligned columns: numbers to the right, texts to the left. Empty for no rows. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  if (rows.length === 0) return []
  const texts = [head, ...rows.map((row) => row.map(cell))]
  const widths = head.map((_, column) => Math.max(...texts.map((row) => (row[column] ?? '').length)))
  const isNumeric = head.map((_, column) => typeof rows[0]?.[column] === 'number')
  const line = (row: readonly string[]) =>
    row
      .map((text, column) =>
        isNumeric[column] === true ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return texts.map(line)
}

const cell = (value: string | number) =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : value
