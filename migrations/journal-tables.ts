import { sql, type Kysely } from 'kysely'

export const name = 'journal-tables'

const statements = [
  // What the database is, and which version serves what: one row.
  `CREATE TABLE migration_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stage TEXT NOT NULL CHECK (stage IN ('v1', 'expanded', 'migrated', 'cutover', 'contracted')),
    groups TEXT NOT NULL,
    inStep INTEGER CHECK (inStep IN (0, 1)),
    checkedAt INTEGER,
    cutoverAt INTEGER
  ) STRICT`,
  `CREATE TABLE migration_jobs (
    id TEXT PRIMARY KEY NOT NULL,
    job TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT,
    rowsDone INTEGER NOT NULL DEFAULT 0,
    rowsTotal INTEGER NOT NULL DEFAULT 0,
    -- The pace, and where it was measured last; no pace while the job stands still.
    rowsPerSecond REAL,
    measuredRows INTEGER,
    measuredAt INTEGER,
    requested TEXT CHECK (requested IN ('pause', 'cancel')),
    -- Why the running job is held back.
    throttleReason TEXT,
    throttledSince INTEGER,
    report TEXT,
    error TEXT,
    createdAt INTEGER NOT NULL,
    startedAt INTEGER,
    finishedAt INTEGER
  ) STRICT`,
  // At most one job is unfinished, whoever inserts it.
  `CREATE UNIQUE INDEX migration_jobs_unfinished_key ON migration_jobs (1)
    WHERE state IN ('queued', 'running', 'paused', 'interrupted')`,
  // Who runs it: a runner whose fence is no longer the row's has been replaced, and must not write.
  `CREATE TABLE migration_lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    owner TEXT,
    fence INTEGER NOT NULL,
    heartbeatAt INTEGER NOT NULL
  ) STRICT`,
  // How far a step of a job has come; written in the transaction of the chunk that it counts.
  `CREATE TABLE migration_cursors (
    jobId TEXT NOT NULL REFERENCES migration_jobs(id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    lastId TEXT NOT NULL,
    rowsRead INTEGER NOT NULL,
    rowsWritten INTEGER NOT NULL,
    isDone INTEGER NOT NULL CHECK (isDone IN (0, 1)),
    PRIMARY KEY (jobId, step)
  ) STRICT`,
  // What became of a job, in order; written in the transaction of what it tells.
  `CREATE TABLE migration_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    jobId TEXT NOT NULL REFERENCES migration_jobs(id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX migration_events_jobId_idx ON migration_events (jobId, id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(): Promise<void> {
  throw new Error('The journal is the record of what was done: it is not taken back.')
}
