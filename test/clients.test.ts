import './plain-processes.js'
import t from 'tap'

// Two generators and two compilers: longer than tap grants a file on a busy machine.
t.setTimeout(600_000)

await import('./clients/clients.spec.js')
