// One process for the folder: tap starts one a file, which costs more than most tests.
import './to-v2/random-v1-writes.spec.js'
import './to-v2/validate-mutations.spec.js'
