import t from 'tap'

// Killed servers are waited for until their leases are stale: longer than tap grants a file.
t.setTimeout(3_600_000)

await import('./crash/kills.spec.js')
await import('./crash/kills-without-load.spec.js')
