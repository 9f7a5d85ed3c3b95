// One process for the folder: tap starts one a file, which costs more than most tests.
import './plain-processes.js'
import './conformance/violations.spec.js'
import './openapi/breaking-changes.spec.js'
import './openapi/client-guide.spec.js'
import './openapi/examples.spec.js'
import './openapi/openapi.spec.js'
import './openapi/problems.spec.js'
