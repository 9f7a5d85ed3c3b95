import './plain-processes.js'
import t from 'tap'

// A file of its own, which does not come right after crash-processes: each keeps two cores busy.

// Killed servers are waited for until their leases are stale: longer than tap grants a file.
t.setTimeout(3_600_000)

await import('./crash/kills.spec.js')
await import('./crash/kills-without-load.spec.js')
