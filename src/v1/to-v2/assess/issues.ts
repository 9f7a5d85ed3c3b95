import type { Issue } from '../../../migration/report.js'
import { fileKinds, rowKinds, type FileKind, type IssueKind, type RowKind } from './catalogue.js'
import type { FileTable } from './file-tables.js'
import type { Found } from './scan.js'

export type OnInvalidRow = 'fail' | 'quarantine'

const kinds: Readonly<Record<RowKind | FileKind, IssueKind>> = { ...rowKinds, ...fileKinds }

/** An issue of one kind: what it is called, how grave it is, and what becomes of it. */
export function issueOf(
  kind: RowKind | FileKind,
  found: Omit<Issue, 'code' | 'subcase' | 'severity' | 'resolution'>,
): Issue {
  const [code = kind, subcase] = kind.split('/')
  const { severity, resolution } = kinds[kind]
  return { code, ...(subcase === undefined ? {} : { subcase }), severity, ...found, resolution }
}

/** A class of rows, as the run that is asked for treats it. */
export function rowIssue(
  table: FileTable,
  { kind, ...found }: Found<RowKind>,
  onInvalidRow: OnInvalidRow,
): Issue {
  const issue = issueOf(kind, { table: table.name, ...found })
  if (kinds[kind].isQuarantinable !== true) return issue
  if (!canBeHeldBack(table, kind))
    return { ...issue, resolution: `${issue.resolution} Both versions read the row where it stands.` }
  return onInvalidRow === 'quarantine'
    ? { ...issue, severity: 'resolved', resolution: `${STAYS} ${issue.resolution}` }
    : { ...issue, resolution: `${issue.resolution} Or run with onInvalidRow "quarantine".` }
}

const STAYS =
  'Stays in v1, in quarantine, with the rows that depend on it; a later run takes it over once it is mended.'

/**
 * Quarantine is for rows that are copied: one that both versions read is in v2 by being there. An
 * assignment without a parent can be held back all the same, as nothing in v2 leads to it.
 */
export const canBeHeldBack = ({ isInBoth }: FileTable, kind: RowKind): boolean =>
  kinds[kind].isQuarantinable === true && (!isInBoth || kind.startsWith('orphan/'))

/** Whether something about the file keeps its rows from being looked at. */
export const hidesRows = ({ code, subcase }: Issue): boolean =>
  kinds[(subcase === undefined ? code : `${code}/${subcase}`) as FileKind].hidesRows === true

const order: readonly Issue['severity'][] = ['blocking', 'resolved', 'noted']

/** What has to be done first comes first; else in the order in which it was found. */
export const byUrgency = (issues: readonly Issue[]): Issue[] =>
  issues.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
