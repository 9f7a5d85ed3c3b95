// One process for the folder: tap starts one a file, which costs more than most tests.
import './scripts/demo.spec.js'
import './scripts/foreign-files.spec.js'
import './scripts/openapi.spec.js'
import './scripts/server.spec.js'
