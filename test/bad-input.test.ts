import './bad-input/bad-input.spec.js'
