// One process for the folder: tap starts one a file, which costs more than most tests.
import './openapi/openapi.spec.js'
