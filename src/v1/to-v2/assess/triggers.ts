import { bareSql, literal } from '../../../db/quoting.js'
import type { Issue } from '../../../migration/report.js'
import type { FileKind } from './catalogue.js'
import { issueOf } from './issues.js'

export interface Trigger {
  name: string
  /** The table or view whose changes fire it. */
  table: string
  sql: string
}

/** The operator's own triggers on v1's tables. */
export function triggerIssues(triggers: readonly Trigger[], v1Tables: readonly string[]): Issue[] {
  const ours = new Set(v1Tables.map(folded))
  return triggers
    .filter(({ table }) => ours.has(folded(table)))
    .map((trigger) =>
      issueOf(kindOf(trigger, triggers, ours), {
        table: trigger.table,
        count: 1,
        samples: [trigger.name],
        sql: `SELECT * FROM sqlite_master WHERE type = 'trigger' AND name = ${literal(trigger.name)}`,
      }),
    )
}

function kindOf(trigger: Trigger, all: readonly Trigger[], v1Tables: ReadonlySet<string>): FileKind {
  const fired = reachedFrom(trigger, all)
  if (fired.some(({ sql }) => targetsOf(sql).some((table) => v1Tables.has(table)))) return 'trigger/writes-v1'
  return fired.some(({ sql }) => /\bRAISE\s*\(/i.test(bareSql(sql))) ? 'trigger/refuses' : 'trigger/other'
}

/** It, and those that its writes fire in turn. */
function reachedFrom(trigger: Trigger, all: readonly Trigger[]): Trigger[] {
  const reached = [trigger]
  // The list grows while it is walked.
  for (const one of reached)
    for (const table of targetsOf(one.sql))
      reached.push(...all.filter((next) => folded(next.table) === table && !reached.includes(next)))
  return reached
}

const NAME = String.raw`(?:"([^"]+)"|${'`'}([^${'`'}]+)${'`'}|\[([^\]]+)\]|(\w+))`
const WRITE = new RegExp(
  String.raw`\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s*${NAME}`,
  'gi',
)

/** The tables and views that a trigger writes to. */
export const targetsOf = (sql: string): string[] =>
  [...bareSql(sql).matchAll(WRITE)].map((match) => folded(match.slice(1).find(Boolean) ?? ''))

/** Names of tables do not differ by case. */
const folded = (name: string) => name.toLowerCase()
