// One process for the folder: tap starts one a file, which costs more than most tests.
import './v1/dashboard.spec.js'
import './v1/legacy.spec.js'
import './v1/milestones.spec.js'
import './v1/project-milestone-tasks.spec.js'
import './v1/shared.spec.js'
import './v1/supplier-project-instances.spec.js'
import './v1/supplier-task-instances.spec.js'
import './v1/tasks.spec.js'
