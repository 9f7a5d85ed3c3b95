// One process for the folder: tap starts one a file, which costs more than most tests.
import './db/database.spec.js'
import './db/stored-instant.spec.js'
