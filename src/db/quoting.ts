/** A text as SQL writes it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The name of a table, column or trigger, whatever characters it has. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** SQL without its comments and texts, in which words could be taken for SQL; quoted names stay. */
export const bareSql = (sql: string): string =>
  sql.replaceAll(
    /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])/g,
    (_, name: string | undefined) => name ?? ' ',
  )
