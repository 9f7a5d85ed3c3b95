// One process for the folder: tap starts one a file, which costs more than most tests.
import './admin/audit-log.spec.js'
import './admin/backups.spec.js'
import './admin/documented.spec.js'
import './admin/migrations.spec.js'
import './admin/restart.spec.js'
import './admin/server.spec.js'
import './admin/v1-usage.spec.js'
import './admin/version-gates.spec.js'
