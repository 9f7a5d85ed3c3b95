import {
  flag,
  instant,
  integer,
  optionalInstant,
  optionalText,
  reference,
  text,
  type ColumnRule,
} from '../mapping/column-rules.js'
import type { RowKind } from './catalogue.js'
import { columnsOfType, type FileTable } from './file-tables.js'
import { classesOfMisfits, idMisfit } from './mapping-classes.js'
import type { RowClass, RowSource } from './row-class.js'
import { isStatusTable } from './value-classes.js'

/** What becomes of one is told by its own class. */
const isTaskStatus = (table: FileTable, column: string) => column === 'status' && isStatusTable(table)

type Rule = (source: string) => ColumnRule

/** How a column is read that no mapping walks, by its declaration: required, and optional. */
const rulesOfType: Readonly<Record<string, readonly [Rule, Rule]>> = {
  TEXT: [text, optionalText],
  DATETIME: [instant, optionalInstant],
  BOOLEAN: [flag, flag],
  INTEGER: [integer, integer],
}

/**
 * What does not fit in a table that no mapping walks: the tables that both versions share, which v2 reads
 * where they stand, and others as the mapping would look at them.
 */
export function plainClasses(table: FileTable, source: RowSource): RowClass<RowKind>[] {
  const at = (column: string) => `${source.alias}.${column}`
  const rules = Object.entries(rulesOfType).flatMap(([type, [required, optional]]) =>
    columnsOfType(table, type)
      .filter(
        ({ name }) => name !== 'id' && table.references[name] === undefined && !isTaskStatus(table, name),
      )
      .map(({ name, isOptional }) => (isOptional ? optional : required)(at(name))),
  )
  const references = Object.entries(table.references).map(([column, parent]) => reference(at(column), parent))
  const misfits = [...references, ...rules].flatMap((rule) => rule.misfits)
  return classesOfMisfits([idMisfit(at('id')), ...misfits], source)
}
