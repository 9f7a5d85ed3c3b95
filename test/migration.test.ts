// One process for the folder: tap starts one a file, which costs more than most tests.
import './migration/host.spec.js'
import './migration/journal.spec.js'
import './migration/report.spec.js'
import './migration/runner.spec.js'
