import './examples/examples.spec.js'
