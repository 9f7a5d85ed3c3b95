// One process for the folder: tap starts one a file, which costs more than most tests.
import './admin/migrations.spec.js'
import './admin/restart.spec.js'
import './admin/server.spec.js'
import './admin/version-gates.spec.js'
