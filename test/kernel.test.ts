import './kernel/rules.spec.js'
