import BetterSqlite3 from 'better-sqlite3'
import { generateV1 } from '../../src/v1/generate/generate-v1.js'

/**
 * A generated v1 file without rows of the legacy model. With them an assignment that a client deletes comes
 * back for the legacy instances of the same pair, which the log of acknowledged writes does not know.
 */
export function activeFile(options: Parameters<typeof generateV1>[0]): void {
  generateV1(options)
  const db = new BetterSqlite3(options.path)
  db.exec('DELETE FROM task_instances_old; DELETE FROM task_templates_old; DELETE FROM supplier_projects_old')
  db.close()
}
