// One process for the folder: tap starts one a file, which costs more than most tests.
import './v2/catalogue.spec.js'
import './v2/project-task-templates.spec.js'
import './v2/sections.spec.js'
import './v2/suppliers.spec.js'
import './v2/tasks.spec.js'
