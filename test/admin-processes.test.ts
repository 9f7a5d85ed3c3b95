// The rest of the folder: real ports and processes take their time.
import './plain-processes.js'
import './admin/drill.spec.js'
import './admin/events.spec.js'
import './admin/idempotency.spec.js'
import './admin/two-processes.spec.js'
