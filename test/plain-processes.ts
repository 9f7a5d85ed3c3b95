import workerThreads from 'node:worker_threads'
import { syncBuiltinESMExports } from 'node:module'

/**
 * tap has every process and every thread of a test load a loader of its own, which takes three times as long as
 * to load the whole service. Those that a test starts do without: what they run is not counted as covered.
 */
delete process.env.NODE_OPTIONS

workerThreads.Worker = class PlainWorker extends workerThreads.Worker {
  constructor(url: string | URL, options: workerThreads.WorkerOptions = {}) {
    super(url, { execArgv: [], ...options })
  }
}
syncBuiltinESMExports()
