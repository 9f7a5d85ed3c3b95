/** A kind of problem: what a client compares by its code. */
export interface ProblemType {
  title: string
  /** The usual one first. */
  statuses: readonly [number, ...number[]]
  /** What is so. */
  meaning: string
  /** What to do about it. */
  remedy: string
}

/** Every code that there is: answers, pages under /docs/problems and docs/problems.md are made from it. */
export const problemTypes = {
  'already-exists': {
    title: 'Already exists',
    statuses: [409],
    meaning: 'Another row has the same value where each must have its own, such as a name.',
    remedy: 'Choose another value, or change the row that has it. The detail names the fields.',
  },
  'backup-unusable': {
    title: 'Backup unusable',
    statuses: [409],
    meaning: 'The backup is not whole, or was made of another database.',
    remedy: 'Use another backup, or copy its folder here again.',
  },
  'bad-request': {
    title: 'Bad request',
    statuses: [400, 406, 413],
    meaning: 'The request, or the form in its body, is not one that can be taken.',
    remedy: 'Mend what the detail names.',
  },
  'bad-url': {
    title: 'Bad address',
    statuses: [400],
    meaning: 'The path has a percent sign that begins no encoded UTF-8.',
    remedy: 'Encode each part of the path with percent signs, as encodeURIComponent does.',
  },
  'broken-form': {
    title: 'Broken form',
    statuses: [400],
    meaning: 'The body says that it is a form with files, and cannot be read as one. Nothing was kept.',
    remedy: 'Let a library make the form and its boundary.',
  },
  'contract-refused': {
    title: 'v1 may still be needed',
    statuses: [409],
    meaning: 'v1 is not dropped while there is a reason to keep it; `reasons` has every one.',
    remedy: 'Do away with the reasons, or wait until they are over, and ask again.',
  },
  'ctp-body-too-large': {
    title: 'Body too large',
    statuses: [413],
    meaning: 'A JSON body may have 2 MiB.',
    remedy: 'Send less at once.',
  },
  'ctp-empty-json-body': {
    title: 'Empty body',
    statuses: [400],
    meaning: 'The content type is JSON, and there is no body.',
    remedy: 'Send a body, or leave the content type out.',
  },
  'ctp-invalid-content-length': {
    title: 'Wrong Content-Length',
    statuses: [400],
    meaning: 'The body has not as many bytes as Content-Length says.',
    remedy: 'Leave the header to the HTTP library.',
  },
  'ctp-invalid-json-body': {
    title: 'Invalid JSON',
    statuses: [400],
    meaning: 'The body is no JSON, or has a field such as `__proto__`.',
    remedy: 'Send JSON.',
  },
  'ctp-invalid-media-type': {
    title: 'Unsupported media type',
    statuses: [415],
    meaning: 'The route does not take bodies of this content type.',
    remedy: 'Send `content-type: application/json`; files are sent as the routes of files say.',
  },
  'database-busy': {
    title: 'The database is busy',
    statuses: [503],
    meaning: 'Another writer held the database for more than five seconds. Nothing was written.',
    remedy: 'Try again after `Retry-After`.',
  },
  'disk-full': {
    title: 'The disk is full',
    statuses: [507],
    meaning: 'There is no room for what was to be written. Nothing was written; reads go on.',
    remedy: 'Tell the operator, who makes room. Then try again.',
  },
  'file-damaged': {
    title: 'File damaged',
    statuses: [500],
    meaning: 'The bytes that are kept are not those that were uploaded.',
    remedy: 'Restore the file from a copy of the folder, or upload it again.',
  },
  'file-elsewhere': {
    title: 'Kept elsewhere',
    statuses: [404, 409],
    meaning: 'The instance only refers to the file: its bytes are not kept by this service.',
    remedy: 'Look where `record` says.',
  },
  'file-exists': {
    title: 'File exists',
    statuses: [409],
    meaning: 'The script `generate-v1` does not write over a file. No route answers it.',
    remedy: 'Name another file, or remove it first.',
  },
  'file-missing': {
    title: 'File missing',
    statuses: [404],
    meaning: 'The file was uploaded, and its bytes are no longer where they were kept.',
    remedy: 'Restore it from a copy of the folder, or upload it again.',
  },
  'file-too-large': {
    title: 'File too large',
    statuses: [413],
    meaning: 'The file has more bytes than the service takes. Nothing was kept.',
    remedy: 'Send a smaller one; the operator sets the limit with `FILES_MAX_BYTES`.',
  },
  'files-unreadable': {
    title: 'List of files unreadable',
    statuses: [409],
    meaning: 'What the instance has as its list of files is no JSON array, and is kept as it is.',
    remedy: 'Set `submissionFiles` to a list first.',
  },
  'form-not-expected': {
    title: 'A form is not expected here',
    statuses: [415],
    meaning: 'A PUT takes the bytes of one file as its body.',
    remedy: 'Send the bytes, or POST the form to the folder of the files.',
  },
  'groups-on-v2': {
    title: 'v2 serves groups',
    statuses: [409],
    meaning: 'v2 cannot be removed while it serves a group; `groups` names them.',
    remedy: 'Run `rollback` with the level `api` first.',
  },
  'has-completed-work': {
    title: 'Has completed work',
    statuses: [409],
    meaning: 'Completed supplier task instances would be deleted along.',
    remedy: 'Add `?force=true` to delete them all the same.',
  },
  'headers-too-large': {
    title: 'Headers too large',
    statuses: [431],
    meaning: 'The address and the headers have more than 16 KiB in all.',
    remedy: 'Send fewer headers, or shorter ones.',
  },
  'idempotency-key-in-flight': {
    title: 'Being worked on',
    statuses: [409],
    meaning: 'A request with this Idempotency-Key is being worked on.',
    remedy: 'Send the same again after `Retry-After` to get its answer.',
  },
  'idempotency-key-reused': {
    title: 'The Idempotency-Key was used before',
    statuses: [422],
    meaning: 'The key came with another path or body in the last 24 hours.',
    remedy: 'Choose a new key for each thing that is wanted.',
  },
  internal: {
    title: 'Internal error',
    statuses: [500],
    meaning: 'This is a defect of the service.',
    remedy: 'Tell the operator the request id, under which the log has it.',
  },
  'invalid-input': {
    title: 'Invalid input',
    statuses: [422, 400],
    meaning:
      'The body (422), or the query, the path or a header (400), is well formed and breaks a rule; ' +
      '`errors` has every violation with its path. Nothing was written.',
    remedy: 'Mend each of them, and send it again.',
  },
  'job-cancelling': {
    title: 'Being cancelled',
    statuses: [409],
    meaning: 'The job is being cancelled, and cannot be paused or resumed.',
    remedy: 'Wait for its end, and start another one.',
  },
  'job-ended': {
    title: 'The job has ended',
    statuses: [409],
    meaning: 'The job has ended, and cannot be paused, resumed or cancelled.',
    remedy: 'Start another one where that is wanted.',
  },
  'max-param-length': {
    title: 'Path too long',
    statuses: [414],
    meaning: 'A part of the path is longer than any id or file name.',
    remedy: 'Look how the address was made.',
  },
  'method-not-allowed': {
    title: 'Method not allowed',
    statuses: [405],
    meaning: 'There is such a path, but it does not answer this method.',
    remedy: 'Use a method that the header Allow names.',
  },
  'migration-running': {
    title: 'Another job is running',
    statuses: [409],
    meaning: 'One job runs at a time, and another one is unfinished; `links.running` leads to it.',
    remedy: 'Wait for its end, or cancel it.',
  },
  'missing-parent': {
    title: 'Names what is not there',
    statuses: [409],
    meaning: 'The write names a row that does not exist, or takes away one that others depend on.',
    remedy: 'Make the row first, or remove what depends on it.',
  },
  'names-are-set': {
    title: 'Section names are set',
    statuses: [409],
    meaning: 'v2 has its section names already: rules for them come too late.',
    remedy: 'Rename sections in v2, or leave these options out.',
  },
  'no-place-for-dirt': {
    title: 'No place for dirt',
    statuses: [409],
    meaning:
      'The script `generate-v1` cannot make these awkward rows in a file of this shape. No route answers it.',
    remedy: 'Ask for a larger file, or for fewer classes.',
  },
  'no-report': {
    title: 'No report',
    statuses: [409],
    meaning: 'The job has no report: it has not ended, or ended before there was anything to report.',
    remedy: 'Look at its state; ask again when it has ended.',
  },
  'no-such-route': {
    title: 'Not found',
    statuses: [404],
    meaning: 'No route has this path.',
    remedy: 'See /docs for those that there are.',
  },
  'no-v1': {
    title: 'No v1',
    statuses: [409],
    meaning: 'The database has no v1 any more, or never had: there is nothing to migrate.',
    remedy: 'Use v2.',
  },
  'not-acceptable': {
    title: 'Not acceptable',
    statuses: [406],
    meaning: 'The answer has no form that the header Accept names.',
    remedy: 'Ask for one that the detail names, or leave Accept out.',
  },
  'not-cut-over': {
    title: 'Not cut over',
    statuses: [409],
    meaning: 'A brownout needs v2 to serve every group: clients of v1 would have nowhere to go.',
    remedy: 'Cut over first.',
  },
  'not-found': {
    title: 'Not found',
    statuses: [404],
    meaning: 'Nothing of this kind has this id.',
    remedy: 'Look it up in its list: it may have been deleted.',
  },
  'not-http': {
    title: 'Not HTTP',
    statuses: [400],
    meaning: 'What was sent is no HTTP request that this server can read.',
    remedy: 'Speak HTTP/1.1 without TLS to this port.',
  },
  'not-migrated': {
    title: 'Not migrated',
    statuses: [409],
    meaning: 'v2 does not hold the data yet.',
    remedy: 'Run `migrate` first.',
  },
  'not-utf-8': {
    title: 'Not UTF-8',
    statuses: [400],
    meaning: 'The body has bytes that are no UTF-8. Nothing of it was read.',
    remedy: 'Encode JSON as UTF-8.',
  },
  'range-not-satisfiable': {
    title: 'Range not satisfiable',
    statuses: [416],
    meaning: 'The file has none of the bytes in the range that was asked for.',
    remedy: 'Ask for a range within the size that `Content-Range` says.',
  },
  'reads-busy': {
    title: 'Too many long reads',
    statuses: [503],
    meaning: 'Other reads that look at many rows are in progress, and this one did not end in time.',
    remedy: 'Try again after `Retry-After`, or ask for less.',
  },
  'request-timeout': {
    title: 'Request timeout',
    statuses: [408],
    meaning: 'The request did not arrive in time.',
    remedy: 'Send it again, over a better connection.',
  },
  'section-has-tasks': {
    title: 'The section has tasks',
    statuses: [409],
    meaning: 'A section is deleted only when no task and no template is in it.',
    remedy: 'Move or delete its tasks first.',
  },
  'server-stopping': {
    title: 'The server is stopping',
    statuses: [503],
    meaning: 'The server has been told to stop, and starts no job any more.',
    remedy: 'Start the job once the server is there again.',
  },
  'stale-etag': {
    title: 'The item has changed',
    statuses: [412],
    meaning: 'The item is no longer the one that If-Match names. Nothing was written.',
    remedy: 'Read it again, and repeat the change with its new ETag.',
  },
  'too-many-files': {
    title: 'Too many files',
    statuses: [409],
    meaning: 'The instance would have more files than one may have. Nothing was kept.',
    remedy: 'Delete some that are not needed.',
  },
  unauthorized: {
    title: 'Unauthorized',
    statuses: [401],
    meaning: 'The token is missing, or is not the right one.',
    remedy: 'Send `Authorization: Bearer <token>`; /admin has a token of its own.',
  },
  'upload-cut-off': {
    title: 'Upload cut off',
    statuses: [400],
    meaning: 'The upload ended before its end. Nothing was kept.',
    remedy: 'Upload the file again.',
  },
  'v1-brownout': {
    title: 'v1 answers nobody',
    statuses: [503],
    meaning: 'For some minutes /v1 answers nobody, to find the clients that still call it.',
    remedy: 'Use /v2: /v1 will end, as `Sunset` says. Until then try again after `Retry-After`.',
  },
  'v1-gone': {
    title: 'v1 is gone',
    statuses: [410],
    meaning: 'The database has no v1 any more, or never had.',
    remedy: 'Use /v2; its guide is at /docs.',
  },
  'v2-not-active': {
    title: 'v2 is not active',
    statuses: [409],
    meaning: 'The group of the route is served by /v1 until an operator cuts it over; `group` names it.',
    remedy: 'Use /v1, and ask again later.',
  },
} as const satisfies Record<string, ProblemType>

export type ProblemCode = keyof typeof problemTypes

/** By their codes, for whoever is given one. */
export const problemTypesByCode: ReadonlyMap<string, ProblemType> = new Map(Object.entries(problemTypes))

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemTypes, code)
