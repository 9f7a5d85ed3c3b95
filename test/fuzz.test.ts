import './plain-processes.js'
import t from 'tap'

// A process of its own: its server is asked tens of thousands of times.
t.setTimeout(3_600_000)

await import('./fuzz/fuzz.spec.js')
