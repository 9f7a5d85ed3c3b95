import t, { type Test } from 'tap'
import { write, type Handle } from '../../src/db/database.js'
import { createJobHost, type JobHost } from '../../src/migration/host.js'
import { takeLease } from '../../src/migration/jobs.repository.js'
import { finishJob, moveJob } from '../../src/migration/journal.js'
import { silent } from '../helper.js'
import { runHere, sqlConsole } from '../to-v2/migrated.js'
import { engine, queued, writtenRows } from './engine.js'
import { jobKinds } from './slow-jobs.js'

const jobsModule = new URL('./slow-jobs.js', import.meta.url).href

const kind = (name: string) => {
  const found = jobKinds.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no kind ${name}`)
  return found
}

async function hosted(t: Test) {
  const { path, handle, db } = await engine(t)
  const host = createJobHost(db, jobsModule, silent)
  let isClosed = false
  const close = async () => {
    if (!isClosed) await host.close()
    isClosed = true
  }
  t.teardown(close)
  return { path, handle, db, host, close, slow: kind('trial'), stubborn: kind('stubborn') }
}

/** Until the job's worker has begun: loading it takes as long as the machine wants. */
async function begun(host: JobHost, id: string): Promise<void> {
  while ((await host.wait(id, 0)).phase === null) await pause(10)
}

const ownerOf = (handle: Handle) => handle.prepare('SELECT owner FROM migration_lease').pluck().get()

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('the host of jobs', async (t) => {
  t.test('runs a job in a worker to its end', async (t) => {
    const { host, handle, slow } = await hosted(t)
    const started = await host.start(slow, { ms: 50 })
    t.equal(started.state, 'queued')
    t.equal((await host.wait(started.id, 20_000)).state, 'succeeded')
    t.ok(Number(writtenRows(handle)) > 0)
  })

  t.test('gives the job as it is when the waiting ends first', async (t) => {
    const { host, slow } = await hosted(t)
    const { id } = await host.start(slow, { ms: 20_000 })
    const before = performance.now()
    t.match((await host.wait(id, 100)).state, /queued|running/)
    t.ok(performance.now() - before < 2_000)
    await host.request(id, 'cancel')
    t.equal((await host.wait(id, 20_000)).state, 'cancelled')
  })

  t.test('refuses a second job while one runs, and names the running one', async (t) => {
    const { host, slow } = await hosted(t)
    const { id } = await host.start(slow, { ms: 20_000 })
    const links = { running: `/admin/migrations/${id}` }
    await t.rejects(host.start(slow, { ms: 1 }), { code: 'migration-running', extra: { links } })
  })

  t.test('pauses and resumes a job', async (t) => {
    const { host, handle, slow } = await hosted(t)
    const { id } = await host.start(slow, { ms: 600 })
    await host.request(id, 'pause')
    let state = ''
    for (let tries = 0; tries < 2_400 && state !== 'paused'; tries++) {
      await pause(25)
      state = (await host.wait(id, 0)).state
    }
    t.equal(state, 'paused')
    const rows = writtenRows(handle)
    await pause(200)
    t.equal(writtenRows(handle), rows)
    await host.request(id, null)
    t.equal((await host.wait(id, 20_000)).state, 'succeeded')
  })

  t.test('refuses to pause, resume or cancel a job that has ended or never was', async (t) => {
    const { host, slow } = await hosted(t)
    const { id } = await host.start(slow, { ms: 1 })
    await host.wait(id, 20_000)
    for (const requested of ['pause', 'cancel', null] as const)
      await t.rejects(host.request(id, requested), { code: 'job-ended' })
    await t.rejects(host.request('nobody', 'pause'), { code: 'not-found' })
    await t.rejects(host.wait('nobody', 0), { code: 'not-found' })
  })

  t.test('takes what is asked for twice as asked for once', async (t) => {
    const { host, slow } = await hosted(t)
    const { id } = await host.start(slow, { ms: 20_000 })
    for (const requested of ['pause', 'pause', null, null, 'cancel', 'cancel'] as const)
      t.equal((await host.request(id, requested)).requested, requested)
    t.match(await host.wait(id, 20_000), { state: 'cancelled', requested: null })
    t.equal((await host.request(id, 'cancel')).state, 'cancelled', 'it is what was asked for')
    for (const requested of ['pause', null] as const)
      await t.rejects(host.request(id, requested), { status: 409, code: 'job-ended' })
  })

  t.test('refuses to withdraw a cancel, by a resume or by a pause', async (t) => {
    const { host, slow } = await hosted(t)
    const { id } = await host.start(slow, { ms: 20_000 })
    await host.request(id, 'pause')
    await host.request(id, 'cancel')
    for (const requested of ['pause', null] as const)
      await t.rejects(host.request(id, requested), { status: 409, code: 'job-cancelling' })
    t.equal((await host.wait(id, 20_000)).state, 'cancelled')
  })

  t.test(
    'stops the job at hand between two chunks when it closes, and another goes on with it',
    async (t) => {
      const { host, db, slow, close } = await hosted(t)
      const { id } = await host.start(slow, { ms: 6_000 })
      await begun(host, id)
      const before = performance.now()
      await close()
      t.ok(performance.now() - before < 5_000, 'before the job would have ended')
      t.equal((await host.wait(id, 0)).state, 'interrupted')
      const next = createJobHost(db, jobsModule, silent)
      t.teardown(() => next.close())
      t.equal((await next.wait(id, 60_000)).state, 'succeeded')
    },
  )

  t.test('waits for the job at hand when it closes, also when that began right after another', async (t) => {
    const { host, handle, slow, close } = await hosted(t)
    const first = await host.start(slow, { ms: 1 })
    while ((await host.wait(first.id, 0)).state !== 'succeeded') await pause(1)
    const second = await host.start(slow, { ms: 20_000 })
    await begun(host, second.id)
    await close()
    t.equal((await host.wait(second.id, 0)).state, 'interrupted')
    const rows = writtenRows(handle)
    await pause(150)
    t.equal(writtenRows(handle), rows, 'nothing is written any more')
  })

  t.test('ends a worker that does not stop by itself', async (t) => {
    const { host, handle, stubborn, close } = await hosted(t)
    const { id } = await host.start(stubborn, { ms: 60_000 })
    await begun(host, id)
    const before = performance.now()
    await close()
    t.ok(performance.now() - before < 8_000)
    t.equal((await host.wait(id, 0)).state, 'interrupted')
    t.equal(ownerOf(handle), null, 'whoever comes next need not wait until the lease is stale')
  })

  t.test('ends it also where nobody can be told, as another program holds the lock', async (t) => {
    const { path, host, db, stubborn, close } = await hosted(t)
    const { id } = await host.start(stubborn, { ms: 60_000 })
    await begun(host, id)
    const other = sqlConsole(path)
    other.exec('BEGIN IMMEDIATE')
    await close()
    other.exec('COMMIT')
    other.close()
    const left = await db.reader.selectFrom('migration_jobs').select('state').executeTakeFirst()
    t.match(left, { state: 'running' }, 'the next one goes on with it once the lease is stale')
  })

  t.test('stops a job, too, that it took over while it was told to close', async (t) => {
    const { path, handle, db } = await engine(t)
    await queued(db, 'trial', { ms: 60_000 })
    const other = sqlConsole(path)
    other.exec('BEGIN IMMEDIATE')
    const host = createJobHost(db, jobsModule, silent)
    await pause(50)
    const closed = host.close()
    await pause(150)
    other.exec('COMMIT')
    other.close()
    await closed
    const left = [handle.prepare('SELECT state FROM migration_jobs').pluck().get(), ownerOf(handle)]
    t.strictSame(left, ['interrupted', null])
    const rows = writtenRows(handle)
    await pause(500)
    t.equal(writtenRows(handle), rows, 'nothing is written any more')
  })

  t.test('starts no job once it has been told to close, and stops one that was being started', async (t) => {
    const { path, host, handle, slow, close } = await hosted(t)
    const other = sqlConsole(path)
    other.exec('BEGIN IMMEDIATE')
    const early = host.start(slow, { ms: 60_000 })
    await pause(50)
    host.stopWaiting()
    const late = host.start(slow, { ms: 60_000 })
    other.exec('COMMIT')
    other.close()
    await t.rejects(late, { status: 503, code: 'server-stopping' })
    const { id } = await early
    await close()
    t.strictSame([(await host.wait(id, 0)).state, ownerOf(handle)], ['interrupted', null])
    const rows = writtenRows(handle)
    await pause(500)
    t.equal(writtenRows(handle), rows, 'nothing is written any more')
  })

  t.test('leaves a job alone whose runner has told of itself', async (t) => {
    const { db } = await engine(t)
    const id = await queued(db, 'trial', { ms: 1 })
    await write(db, (trx) => takeLease(trx, 'another process'))
    const host = createJobHost(db, jobsModule, silent)
    t.teardown(() => host.close())
    t.equal((await host.wait(id, 1_000)).state, 'queued')
  })

  t.test('takes a job over whose runner has been silent for five seconds', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db, 'trial', { ms: 50 })
    await runHere(path, 'trial', {}, { jobId: id, kinds: jobKinds, stopping: () => true })
    await write(db, (trx) => takeLease(trx, 'a process that is gone'))
    handle.exec(
      `UPDATE migration_lease SET heartbeatAt = heartbeatAt - 6000; UPDATE migration_jobs SET state = 'running'`,
    )
    const host = createJobHost(db, jobsModule, silent)
    t.teardown(() => host.close())
    t.equal((await host.wait(id, 20_000)).state, 'succeeded')
  })

  t.test('leaves a job alone that ended while it waited to take it over', async (t) => {
    const { path, handle, db } = await engine(t)
    const id = await queued(db, 'trial', { ms: 1 })
    const last = sqlConsole(path)
    t.teardown(() => last.close())
    last.exec('BEGIN IMMEDIATE')
    const host = createJobHost(db, jobsModule, silent)
    t.teardown(() => host.close())
    await pause(300)
    moveJob(last, id, 'running')
    finishJob(last, id, { state: 'succeeded', report: null, error: null })
    last.exec('COMMIT')
    await pause(300)
    t.equal((await host.wait(id, 0)).state, 'succeeded')
    t.equal(writtenRows(handle), 0)
  })

  t.test('checkpoints by itself again once no worker does', async (t) => {
    const { host, db, slow } = await hosted(t)
    const pages = async () => {
      const { sql } = await import('kysely')
      const { rows } = await sql<{ wal_autocheckpoint: number }>`pragma wal_autocheckpoint`.execute(db.writer)
      return rows[0]?.wal_autocheckpoint
    }
    const { id } = await host.start(slow, { ms: 300 })
    t.equal(await pages(), 0)
    await host.wait(id, 20_000)
    let after: number | undefined = 0
    for (let tries = 0; tries < 100 && after === 0; tries++) {
      await pause(20)
      after = await pages()
    }
    t.equal(after, 1_000)
  })
})
