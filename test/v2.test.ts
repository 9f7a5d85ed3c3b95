// One process for the folder: tap starts one a file, which costs more than most tests.
import './v2/suppliers.spec.js'
