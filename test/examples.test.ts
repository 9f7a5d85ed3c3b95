import './plain-processes.js'
import './examples/examples.spec.js'
