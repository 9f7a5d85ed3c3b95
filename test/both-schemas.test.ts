// Named so that the runner, which goes by the alphabet, begins it early: it takes the longest.
import './plain-processes.js'
import './to-v2/two-way.spec.js'
