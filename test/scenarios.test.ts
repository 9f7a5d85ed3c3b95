import './plain-processes.js'
import './scenarios/scenarios.spec.js'
