/** The rows of one table as they are looked through, and the alias under which SQL speaks of them. */
export interface RowSource {
  table: string
  alias: string
  from: string
}

/** A class of rows of one table, in SQL over its source. */
export interface RowClass<Kind extends string> {
  column?: string
  when: string
  /** What a row of the class is: the first case that applies. The last has no `when`: it is all the rest. */
  cases: readonly { kind: Kind; when?: string }[]
  /** A common table expression that the SQL needs where it is run alone. */
  with?: string
}

export const plainSource = (table: string): RowSource => ({ table, alias: 'r', from: `"${table}" r` })

/** SQL for which case a row of the class is, by its place in the list. */
export function caseNumber<Kind extends string>({ cases }: RowClass<Kind>): string {
  const tests = cases.slice(0, -1).map(({ when = '0' }, index) => `WHEN ${when} THEN ${index}`)
  return tests.length === 0 ? '0' : `CASE ${tests.join(' ')} ELSE ${tests.length} END`
}

/** Shows the whole rows of one case, in any SQL console on the file. */
export function showRows<Kind extends string>(
  { alias, from }: RowSource,
  rowClass: RowClass<Kind>,
  index: number,
): string {
  const isCase = rowClass.cases.length === 1 ? '' : ` AND ${caseNumber(rowClass)} = ${index}`
  const query = `SELECT ${alias}.* FROM ${from} WHERE (${rowClass.when})${isCase}`
  return rowClass.with === undefined ? query : `${rowClass.with} ${query}`
}
