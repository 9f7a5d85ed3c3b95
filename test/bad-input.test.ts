import './plain-processes.js'
import './bad-input/bad-input.spec.js'
