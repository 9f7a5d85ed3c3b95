import { sql, type Kysely } from 'kysely'

export const name = 'audit-log'

const now = `CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)`

/** The job that is at work: there is one at most. */
const current = `SELECT id, job FROM migration_jobs WHERE state IN ('queued', 'running', 'paused', 'interrupted')`

const statements = [
  // Who asked for what, and what became of it. Nobody takes anything back from it.
  `CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    jobId TEXT,
    job TEXT,
    actor TEXT,
    address TEXT,
    requestId TEXT,
    options TEXT,
    reason TEXT,
    outcome TEXT,
    detail TEXT
  ) STRICT`,
  `CREATE INDEX audit_log_jobId_idx ON audit_log (jobId, id)`,
  ...['UPDATE', 'DELETE'].map(
    (event) => `CREATE TRIGGER audit_log_no_${event.toLowerCase()} BEFORE ${event} ON audit_log
    BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END`,
  ),
  // OR REPLACE deletes without firing a trigger.
  `CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
    WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END`,
  // Whoever ends a job, and whoever changes a flag: also another program.
  `CREATE TRIGGER audit_job_ended AFTER UPDATE OF finishedAt ON migration_jobs WHEN NEW.finishedAt IS NOT NULL
    BEGIN INSERT INTO audit_log (at, action, jobId, job, actor, outcome, detail)
      SELECT ${now}, 'job-ended', NEW.id, NEW.job,
        (SELECT actor FROM audit_log WHERE jobId = NEW.id AND action = 'job-started'), NEW.state, NEW.error; END`,
  `CREATE TRIGGER audit_state_changed AFTER UPDATE ON migration_state
    WHEN OLD.stage IS NOT NEW.stage OR OLD.groups IS NOT NEW.groups
    BEGIN INSERT INTO audit_log (at, action, jobId, job, actor, detail)
      SELECT ${now}, 'state-changed', j.id, j.job,
        (SELECT actor FROM audit_log a WHERE a.jobId = j.id AND a.action = 'job-started'),
        json_object('stage', json_array(OLD.stage, NEW.stage),
          'groups', json_array(json(OLD.groups), json(NEW.groups)))
      FROM (SELECT 1) LEFT JOIN (${current}) j; END`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(): Promise<void> {
  throw new Error('The audit log is the record of what was done: it is not taken back.')
}
