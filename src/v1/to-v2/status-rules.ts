import { Type, type Static } from '@sinclair/typebox'
import type { Handle } from '../../db/database.js'
import { literal } from '../../db/quoting.js'
import { StringEnum } from '../../http/schemas.js'
import { instanceStatuses, type InstanceStatus } from '../../kernel/instance-status.js'

/** What a status of the file that is none of the five is to become. The status is meant exactly as it is stored. */
export const StatusMap = Type.Unsafe<Record<string, InstanceStatus>>(
  // Not Type.Record: its pattern would let a status with a line end through unchecked.
  Type.Object(
    {},
    {
      additionalProperties: StringEnum(instanceStatuses),
      maxProperties: 500,
      description: 'what statuses become that are none of v2: {stored: status}',
    },
  ),
)
export type StatusMap = Static<typeof StatusMap>

const five = instanceStatuses.map(literal).join(', ')

/** SQL that is true where a status is one of the five as it stands. */
export const isStatus = (column: string): string => `coalesce(${column} IN (${five}), 0)`

/** SQL for a status without what may be written differently: blanks around it, case, spaces and hyphens. */
export const spelledStatus = (column: string): string =>
  `replace(replace(lower(trim(${column}, ' ' || char(9, 10, 13))), ' ', '_'), '-', '_')`

/** SQL that is true where only the spelling is off: "In Progress". */
export const isMisspelt = (column: string): string => `${spelledStatus(column)} IN (${five})`

/** SQL that is true where the operator has said what the status becomes. */
export const isMapped = (column: string, map: StatusMap): string => {
  const keys = Object.keys(map).map(literal)
  return keys.length === 0 ? '0' : `${column} IN (${keys.join(', ')})`
}

/** SQL for what the table of rules, and else the spelling, make of a status; NULL where neither says. */
export const statusByRules = (column: string): string =>
  `CASE WHEN ${column} IN (${five}) THEN ${column}
    ELSE coalesce((SELECT r.status FROM status_rules r WHERE r.stored = ${column}), CASE WHEN ${isMisspelt(column)} THEN ${spelledStatus(column)} END) END`

/** Fills `status_rules`, in whichever schema of the connection it stands; what was said before stands. */
export function insertStatusRules(handle: Handle, map: StatusMap): void {
  const insert = handle.prepare('INSERT INTO status_rules VALUES (?, ?) ON CONFLICT DO NOTHING')
  for (const [stored, status] of Object.entries(map)) insert.run(stored, status)
}

/** SQL for the status that one of the file becomes, the operator's word first; NULL where nothing says. */
export const statusBecomes = (column: string, map: StatusMap): string => {
  const rules = Object.entries(map).map(([from, to]) => `WHEN ${literal(from)} THEN ${literal(to)}`)
  const mapped = rules.length === 0 ? 'NULL' : `CASE ${column} ${rules.join(' ')} END`
  return `CASE WHEN ${column} IN (${five}) THEN ${column}
    ELSE coalesce(${mapped}, CASE WHEN ${isMisspelt(column)} THEN ${spelledStatus(column)} END) END`
}
