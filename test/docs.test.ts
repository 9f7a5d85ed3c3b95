import './docs/swagger-ui.spec.js'
