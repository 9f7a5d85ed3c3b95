import './http/pieces.spec.js'
