// One process for the folder: tap starts one a file, which costs more than most tests.
import './plain-processes.js'
import './v1-generate/counts.spec.js'
import './v1-generate/dirt.spec.js'
import './v1-generate/file.spec.js'
import './v1-generate/rows.spec.js'
import './v1-generate/script.spec.js'
import './v1-generate/special-cases.spec.js'
import './v1-generate/progress-display.spec.js'
