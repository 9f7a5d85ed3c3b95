// One process for the folder: tap starts one a file, which costs more than most tests.
import './scripts/bench.spec.js'
import './scripts/demo.spec.js'
import './scripts/foreign-files.spec.js'
import './scripts/job-scripts.spec.js'
import './scripts/openapi.spec.js'
import './scripts/server.spec.js'
import './scripts/soak.spec.js'
import './scripts/upload-crash.spec.js'
