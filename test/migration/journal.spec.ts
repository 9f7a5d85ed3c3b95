import t from 'tap'
import { jobStates, phaseMoves, phaseNames, stateMoves } from '../../src/migration/job.js'
import { moveJob, readCursor, readJob, writeCursor } from '../../src/migration/journal.js'
import { readState, writeState } from '../../src/migration/state.js'
import { runHere } from '../to-v2/migrated.js'
import { engine, kindOf, phase, queued } from './engine.js'

t.test('the states of a job', async (t) => {
  const { handle, db } = await engine(t)
  const id = await queued(db)
  const set = (state: string) =>
    handle.prepare('UPDATE migration_jobs SET state = ? WHERE id = ?').run(state, id)

  for (const from of jobStates)
    for (const to of jobStates) {
      const isAllowed = stateMoves[from].includes(to)
      t.test(`${isAllowed ? 'allow' : 'refuse'} ${from} → ${to}`, async (t) => {
        set(from)
        if (!isAllowed) return t.throws(() => moveJob(handle, id, to), /cannot become/)
        moveJob(handle, id, to)
        return t.equal(readJob(handle, id).state, to)
      })
    }

  t.test('have three ends, out of which nothing leads', async (t) => {
    const ends = jobStates.filter((state) => stateMoves[state].length === 0)
    t.strictSame(ends, ['succeeded', 'failed', 'cancelled'])
  })
  t.test('of a job that is not there cannot be moved', async (t) => {
    t.throws(() => moveJob(handle, 'nobody', 'running'), /no job nobody/)
  })
})

t.test('the phases of a job', async (t) => {
  const paths = (to: string): string[][] =>
    to === 'start'
      ? [['start']]
      : (['start', ...phaseNames] as const)
          // Once is enough of a phase that may follow itself.
          .filter((from) => from !== to && (phaseMoves[from] as readonly string[]).includes(to))
          .flatMap((from) => paths(from).map((path) => [...path, to]))

  for (const path of paths('end'))
    t.test(`allow ${path.join(' → ')}`, async (t) => {
      const { path: file } = await engine(t)
      const names = phaseNames.filter((name) => path.includes(name))
      names.sort((a, b) => path.indexOf(a) - path.indexOf(b))
      const kinds = [kindOf(names.map((name) => phase(name, () => undefined)))]
      t.match(await runHere(file, 'trial', {}, { kinds }), { state: 'succeeded', phase: names.at(-1) })
    })

  for (const from of phaseNames)
    for (const to of phaseNames.filter((name) => !phaseMoves[from].includes(name)))
      t.test(`do not allow ${from} → ${to}`, async (t) => {
        const [way = []] = paths(from)
        const names = phaseNames.filter((name) => way.includes(name))
        names.sort((a, b) => way.indexOf(a) - way.indexOf(b))
        const phases = names.map((name) => phase(name, () => undefined))
        const kinds = [kindOf([...phases, phase(to, () => void t.fail('must not run'))])]
        const { path } = await file
        const { state, error } = await runHere(path, 'trial', {}, { kinds })
        t.match(
          { state, error },
          { state: 'failed', error: { detail: new RegExp(`${to} may not follow ${from}`) } },
        )
      })
  // One file for all of them: a refused job changes nothing.
  const file = engine(t)
})

t.test('a cursor', async (t) => {
  t.test('is what was written last', async (t) => {
    const { handle, db } = await engine(t)
    const id = await queued(db)
    t.equal(readCursor(handle, id, 'tasks'), undefined)
    const cursor = { lastId: 'c1', rowsRead: 3, rowsWritten: 2, isDone: false }
    writeCursor(handle, id, 'tasks', cursor)
    t.strictSame(readCursor(handle, id, 'tasks'), cursor)
    writeCursor(handle, id, 'tasks', { ...cursor, lastId: 'c9', isDone: true })
    t.strictSame(readCursor(handle, id, 'tasks'), { ...cursor, lastId: 'c9', isDone: true })
    t.equal(readCursor(handle, id, 'instances'), undefined)
  })
})

t.test('the state of the database', async (t) => {
  t.test('keeps what a change does not name', async (t) => {
    const { handle } = await engine(t)
    const before = readState(handle)
    writeState(handle, { inStep: true, checkedAt: 5 })
    t.strictSame(readState(handle), { ...before, inStep: true, checkedAt: 5 })
    writeState(handle, { inStep: null })
    t.strictSame(readState(handle), { ...before, inStep: null, checkedAt: 5 })
  })
})
