import './scenarios/scenarios.spec.js'
