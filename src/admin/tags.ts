/** The tags of /admin, each with what its operations are about. */
export const adminTags = {
  Migrations: 'Jobs, which take the data from v1 to v2, check it, and go back. One runs at a time.',
  Status: 'What the database is.',
  Quarantine: 'Rows that v2 does not hold, and why.',
  Backups: 'Copies of the whole database.',
  'Audit log': 'Who asked for what.',
  'Usage of v1': 'Who still calls /v1.',
}
