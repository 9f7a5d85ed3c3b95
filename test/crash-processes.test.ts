import './plain-processes.js'
import t from 'tap'

// Leases become stale, and locks are waited for: longer than tap grants a file.
t.setTimeout(3_600_000)

await import('./crash/closing.spec.js')
await import('./crash/disk-full.spec.js')
await import('./crash/disk-full-jobs.spec.js')
await import('./crash/locked.spec.js')
await import('./crash/job-kills.spec.js')
await import('./crash/stop-signal.spec.js')
await import('./crash/stand-still.spec.js')
await import('./crash/take-over.spec.js')
await import('./crash/two-starts.spec.js')
await import('./crash/wal-cut.spec.js')
