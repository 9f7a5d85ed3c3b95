import { sql, type SqlBool } from 'kysely'
import { foldText } from '../kernel/fold-text.js'

/** SQL that is true where the column has the text in it, in any case. Only on a reader, which has `folded`. */
export const contains = (column: string, text: string) =>
  sql<SqlBool>`instr(folded(${sql.ref(column)}), ${foldText(text)}) > 0`
