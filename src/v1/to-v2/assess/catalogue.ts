import type { Issue } from '../../../migration/report.js'

/** What a class of rows, or a case of one, means for a run. */
export interface IssueKind {
  severity: Issue['severity']
  resolution: string
  /** `onInvalidRow: "quarantine"` lets a run go on without these rows. */
  isQuarantinable?: boolean
  /** The rows cannot be looked at, or not in any useful time, until it is mended. */
  hidesRows?: boolean
}

const mend = (resolution: string): IssueKind => ({ severity: 'blocking', resolution, isQuarantinable: true })
const blocking = (resolution: string): IssueKind => ({ severity: 'blocking', resolution })
const resolved = (resolution: string): IssueKind => ({ severity: 'resolved', resolution })
const noted = (resolution: string): IssueKind => ({ severity: 'noted', resolution })

const sameInstant = resolved('Read as the instant that it is, and stored as epoch milliseconds in v2.')
const keptText = noted('Kept byte for byte.')

/** Every class of awkward rows, by code, or by `code/subcase` where it has several. docs/awkward-rows.md explains each. */
export const rowKinds = {
  'orphan/missing': mend('Give these rows a parent that exists, or delete them.'),
  'orphan/null': mend('Give these rows a parent.'),
  'invalid-status/mapped': resolved('Becomes what statusMap says.'),
  'invalid-status/spelling': resolved('Becomes the status that it spells.'),
  'invalid-status/unknown': mend('Say in statusMap what the status becomes, or mend the rows.'),
  'invalid-status/null': mend('Give these rows one of the five statuses.'),
  'bad-date/unreadable': mend('Write the date in one of the three forms.'),
  'bad-date/before-1990': mend('Correct the date: it is before 1990.'),
  'bad-date/after-2100': mend('Correct the date: it is after 2100.'),
  'bad-date/null': mend('Give these rows the date.'),
  'date-order/completed-before-created': noted('Kept as it is.'),
  'date-order/updated-before-created': noted('Kept as it is.'),
  'date-order/completed-without-date': noted('Kept as it is: completed, without completedAt.'),
  'date-order/date-without-completed': noted('Kept as it is: completedAt, without being completed.'),
  'mixed-date-forms/sqlite-text': sameInstant,
  'mixed-date-forms/iso-8601': sameInstant,
  'misfiled-template/settled-twin': mend(
    'v1 has a task of its own in that milestone, which was the twin of this one: give the template that task.',
  ),
  'misfiled-template/same-type': resolved(
    'Its section gets a twin of the task, and the template points to the twin.',
  ),
  'misfiled-template/other-type': resolved(
    'Its section, of another task type, gets a twin of the task, and the template points to the twin.',
  ),
  'task-twice': resolved('Each template keeps its own instances: all but one point to a twin of the task.'),
  'duplicate-section-name': resolved('Told apart by the milestone’s code.'),
  'same-task-name': noted('Fits: a task’s name is unique in its section alone.'),
  'milestone-without-tasks': noted('Kept as an empty section.'),
  'broken-json/unparsable': noted('Kept byte for byte; v2 serves it as raw beside an empty list.'),
  'broken-json/no-array': noted('Kept byte for byte; v2 serves it as raw beside an empty list.'),
  'missing-required/blank': noted('Kept as it is.'),
  'missing-required/null': mend('Give these rows a value.'),
  'odd-boolean/text': resolved('Read as true or false, and stored as 1 or 0 in v2.'),
  'odd-boolean/other': mend('Set the flag to 0 or 1.'),
  'odd-boolean/null': mend('Set the flag to 0 or 1.'),
  'odd-text/emoji': keptText,
  'odd-text/invalid-utf8': keptText,
  'odd-text/nul': keptText,
  'odd-text/long': noted('Kept byte for byte. A client that changes it has to shorten it.'),
  'odd-text/sql': keptText,
  'odd-text/formula': noted('Kept byte for byte; exports neutralise it.'),
  'odd-text/big-integer': noted('Kept exactly; a client that reads JSON numbers as doubles sees it rounded.'),
  'wrong-type': mend('Store a value of the column’s own type.'),
  'duplicate-key': blocking(
    'Delete or change all but one of each: v2 holds one row for a key. Then make the unique index.',
  ),
  'legacy-duplicate/pair': resolved('The legacy assignment’s instances go to the one that is there already.'),
  'legacy-duplicate/id': mend('Give the legacy row another id: v2 keeps the ids of both models.'),
  'legacy-rows/history': noted('Arrive as history: v1 does not count them, so v2 has them as not applied.'),
  'legacy-rows/counted': noted('Arrive applied: v1 counts them, as its active model has no instances.'),
} as const satisfies Record<string, IssueKind>

export type RowKind = keyof typeof rowKinds

const hidesRows = (resolution: string): IssueKind => ({ severity: 'blocking', resolution, hidesRows: true })

/** What is awkward about the file itself. */
export const fileKinds = {
  corrupt: hidesRows(
    'The file is damaged. Restore it from a backup, or recover it with ".recover" of the sqlite3 shell.',
  ),
  'unfinished-write': hidesRows(
    'The last program that wrote was killed in the middle: whoever opens the file to write next takes that back, as the service does when it adopts it.',
  ),
  'disk-space': blocking('There is too little room beside the file for v2’s tables, the WAL and one copy.'),
  'journal-mode': noted('The service puts the file into WAL mode when it adopts it.'),
  encoding: noted('Texts keep the file’s own encoding, byte for byte, in v2 too.'),
  'missing-table/addable': noted('The service adds it, empty, when it adopts the file.'),
  'missing-table/required': hidesRows('The file is none of v1’s without this table.'),
  'missing-column/addable': noted('The service adds it, empty, when it adopts the file.'),
  'missing-column/required': hidesRows('Add the column, with the value that each row shall have in it.'),
  'generated-column': blocking(
    'v1’s rows are written by this service too, and a generated column takes no value: make it a plain one.',
  ),
  'column-type': blocking(
    'SQLite changes what is stored in a column of this type, so values come back as others: declare it as v1 does.',
  ),
  'column-not-null': blocking(
    'Both versions may leave it empty, and a write that does would be refused: allow NULL, as v1 does.',
  ),
  'extra-column/required': blocking(
    'This service has no value for the column, so every row that it adds would be refused: give it a default, or allow NULL.',
  ),
  'extra-column/values': noted(
    'v2 has no place for these values: they stay in v1’s table until v1 is dropped.',
  ),
  'extra-column/empty': noted('No row has a value in it.'),
  'extra-column/generated': noted(
    'Its values follow from others, and stay in v1’s table until v1 is dropped.',
  ),
  'collation/active': blocking(
    'v1 would take two texts for one that are two in v2: declare the column without COLLATE.',
  ),
  'collation/shared': noted('Both versions read the table where it stands.'),
  'without-rowid': blocking(
    'The validation samples rows by their row ids, of which the table has none: declare it without WITHOUT ROWID.',
  ),
  'key-missing/id': hidesRows(
    'Every row is known by its id, and without a unique index two can have one: make it the primary key, or add a unique index.',
  ),
  'key-missing/unique': blocking(
    'v2 holds one row for this key, and v1 could come to hold two: add the unique index that v1 has.',
  ),
  'constraint/check': noted('A write of v2 that breaks it is refused.'),
  'constraint/unique': noted('A write of v2 that breaks it is refused.'),
  'foreign-key/differs': noted(
    'v2 deletes and renames children with their parents; this file’s v1 does not.',
  ),
  'foreign-key/violated': noted('Not a reference of v1’s: it stays as it is.'),
  'unwritable-table': hidesRows('SQLite refuses every write to the table, for the reason among the samples.'),
  'unknown-table': noted('Stays as it is, and is not in v2.'),
  'name-taken': blocking('v2 needs the name for something of its own: rename or drop it.'),
  view: noted('Goes on working until v1 is dropped.'),
  'trigger/writes-v1': blocking(
    'What it changes in v1 while v2 writes would not reach v2: drop it, and do its work elsewhere.',
  ),
  'trigger/refuses': blocking('It could refuse what v2 has accepted: drop it, and check elsewhere.'),
  'trigger/other': noted('It runs for what v2 writes too, as that reaches v1.'),
} as const satisfies Record<string, IssueKind>

export type FileKind = keyof typeof fileKinds
