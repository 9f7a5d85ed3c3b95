import './plain-processes.js'
import './docs/swagger-ui.spec.js'
