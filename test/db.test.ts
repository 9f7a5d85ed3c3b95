// One process for the folder: tap starts one a file, which costs more than most tests.
import './db/database.spec.js'
import './db/inspect-file.spec.js'
import './db/joined-reads.spec.js'
import './db/reader-pool.spec.js'
import './db/statement-cache.spec.js'
import './db/stored-instant.spec.js'
import './db/worker-lock.spec.js'
import './db/yield-processor.spec.js'
