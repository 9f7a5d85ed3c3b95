import { downMappingOf, type DownMapping } from '../mapping/down-mapping.js'
import { keptColumns, type RowMapping } from '../mapping/row-mapping.js'
import { isOfLegacyModel } from '../mapping/legacy-names.js'
import { aroundLegacyInstances, aroundLegacyTemplates } from './around-legacy.js'
import { aroundSections } from './around-sections.js'
import { aroundTasks } from './around-tasks.js'
import { aroundTemplates } from './around-templates.js'
import type { Around } from './around.js'
import { callRemoveReplaced, compareIt, downProcedures, mirrorAgain, mirrorIt } from './down-procedures.js'
import { holdSectionNames, holdTaskName } from './hold-names.js'
import { createTrigger, isUsersWrite, type Procedure } from './procedure.js'
import { projectTaskTypeTriggers } from './project-task-types.js'
import { isHeld } from './record-held.js'
import { replaceableTriggers } from './replaceable.js'
import { settleSectionProcedure } from './settle-places.js'
import { settleTwin } from './settle-twins.js'
import { events, mirrorTrigger, touch, versionsOf, type Event, type MirrorTrigger } from './up-triggers.js'
import { callStep } from './up-procedures.js'

/** What the triggers on v2's tables call. */
export const proceduresDown = (mappings: readonly RowMapping[]): Procedure[] => [
  settleTwin,
  settleSectionProcedure,
  holdSectionNames,
  holdTaskName,
  ...mirrored(mappings).flatMap(downProcedures),
]

const mirrored = (mappings: readonly RowMapping[]) =>
  mappings.flatMap((mapping) => downMappingOf(mapping) ?? [])

/**
 * The triggers that carry every committed v2 write into v1. What v1 has no place for makes none of them
 * fire; what v1 cannot take over is recorded, and never makes the write fail.
 */
export const downTriggers = (mappings: readonly RowMapping[]): string[] => [
  ...mirrored(mappings).flatMap((down) =>
    events.map((event) => mirror(down, event, compareChildren(down.up.target, mirrored(mappings)))),
  ),
  ...mirrored(mappings).flatMap(replaceableTriggers),
  ...sharedParents(mirrored(mappings)),
  ...projectTaskTypeTriggers(mappings),
]

const around: Readonly<Record<string, (up: RowMapping) => Around>> = {
  sections: () => aroundSections,
  tasks: () => aroundTasks,
  templates: () => aroundTemplates,
  legacy_templates: aroundLegacyTemplates,
  legacy_instances: aroundLegacyInstances,
}

function mirror(down: DownMapping, event: Event, comparisons: readonly string[]): string {
  const { up } = down
  const { before, after, afterwards } = around[up.name]?.(up) ?? {}
  const columns = ['id', ...keptColumns(up)]
  const written = versionsOf(event).map((row) => `SELECT ${row}.id`)
  return mirrorTrigger(
    {
      direction: 'down',
      table: up.target,
      event,
      columns,
      afterwards: afterwards?.(event) ?? [],
      ...ofItsRows(up, event),
    },
    [
      ...(before?.(event) ?? []),
      ...(event === 'DELETE' ? removeInV1(down) : writeInV1(down, event)),
      ...(after?.(event) ?? []),
      ...(event === 'DELETE' ? [] : [...settleHeld(up), ...recordBelowHalf(up)]),
      ...(event === 'DELETE' ? [] : [compareIt(down, written.join(' UNION '))]),
      ...(event === 'UPDATE' ? comparisons : []),
      ...traceThose(up, versionsOf(event)),
      touch(up, event),
    ],
  )
}

/** Templates and instances are of one of v1's two models. */
function ofItsRows({ name, spares, owns }: RowMapping, event: Event): Pick<MirrorTrigger, 'name' | 'when'> {
  const row = event === 'INSERT' ? 'NEW' : 'OLD'
  if (isOfLegacyModel(name)) return { name: `down_${name}`, when: owns?.(row) ?? '1' }
  return hasLegacyTwin(name) && spares !== undefined ? { when: `NOT ${spares(row)}` } : {}
}

const hasLegacyTwin = (name: string) => name === 'templates' || name === 'instances'

/** A row that the write has made fit has v1's other values, too. */
const settleHeld = (up: RowMapping): string[] => {
  const these = (keys: readonly string[]) =>
    `SELECT ${keys.map((key) => `NEW.${key}`).join(', ')} WHERE ${isHeld(up, 'NEW.id')}`
  return [
    ...callStep('park', up, these(up.scope.keys)),
    ...callStep('write', up, these(up.scope.keys)),
    ...callStep('record', up, these(['id'])),
  ]
}

/** v2 may write below an assignment that has lost its supplier or its project, where v1's rows wait. */
const recordBelowHalf = (up: RowMapping): string[] =>
  Object.entries(up.wholeParents ?? {}).flatMap(([column, whole]) =>
    callStep(
      'record',
      up,
      `SELECT NEW.id WHERE EXISTS (SELECT 1 FROM ${up.parents[column] ?? ''} parent
      WHERE parent.id = NEW.${column} AND NOT (${whole}))`,
    ),
  )

/** What v1 has now may be what v2 has, without any rule. */
const traceThose = (up: RowMapping, rows: readonly string[], from?: string): string[] => {
  const keysOf = (row: string) => up.scope.keys.map((key) => `${row}.${key}`).join(', ')
  const selects = rows.map((row) => `SELECT ${keysOf(row)}${from === undefined ? '' : ` FROM ${from}`}`)
  return callStep('trace', up, selects.join(' UNION '))
}

/** A changed id reaches the children first: they were compared while v1 still had their parent under the old one. */
const compareChildren = (parent: string, downs: readonly DownMapping[]): string[] =>
  downs.flatMap((child) =>
    Object.entries(child.up.parents)
      .filter(([, table]) => table === parent)
      .flatMap(([column]) => {
        const theirs = `${child.up.target} c WHERE c.${column} = NEW.id AND OLD.id IS NOT NEW.id`
        return [
          ...(child.readAgain === column
            ? [mirrorAgain(child, column, theirs), ...traceThose(child.up, ['c'], theirs)]
            : []),
          compareIt(child, `SELECT c.id FROM ${theirs}`),
        ]
      }),
  )

/** The same for the tables that both versions share. */
const sharedParents = (downs: readonly DownMapping[]): string[] =>
  [...new Set(downs.flatMap(({ up }) => Object.values(up.parents)))]
    .filter((table) => downs.every(({ up }) => up.target !== table))
    .map((table) =>
      createTrigger(
        `compare_${table}_update`,
        `AFTER UPDATE OF id ON ${table} WHEN ${isUsersWrite}`,
        compareChildren(table, downs),
      ),
    )

const removeInV1 = ({ up, stays }: DownMapping): string[] => [
  `DELETE FROM ${up.source} WHERE id = OLD.id${stays === undefined ? '' : ` AND NOT ${stays}`}`,
  ...(up.form === undefined ? [] : [`DELETE FROM ${up.form.table} WHERE id = OLD.id`]),
  ...callStep('record', up, 'SELECT OLD.id'),
]

function writeInV1(down: DownMapping, event: 'INSERT' | 'UPDATE'): string[] {
  const { source, form } = down.up
  const keyed = [source, ...(form === undefined ? [] : [form.table])]
  const rekey = keyed.map(
    (table) => `UPDATE ${table} SET id = NEW.id WHERE id = OLD.id AND OLD.id IS NOT NEW.id`,
  )
  const rekeyRecord = ['NEW', 'OLD'].flatMap((row) =>
    callStep(
      'record',
      down.up,
      `SELECT ${row}.id WHERE OLD.id IS NOT NEW.id AND ${isHeld(down.up, 'OLD.id')}`,
    ),
  )
  return [
    ...(event === 'UPDATE' ? [...rekey, ...rekeyRecord] : []),
    ...callRemoveReplaced(down),
    mirrorIt(down, event),
  ]
}
