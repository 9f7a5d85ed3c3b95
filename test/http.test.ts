// One process for the folder: tap starts one a file, which costs more than most tests.
import './plain-processes.js'
import './http/client-errors.spec.js'
import './http/compile-lazily.spec.js'
import './http/idempotency.spec.js'
import './http/negotiation.spec.js'
import './http/pieces.spec.js'
import './http/slow-bodies.spec.js'
import './http/text-errors.spec.js'
