import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { commonOptions, oneOf, runScript, type Outcome } from './terminal.js'

/** A test that can go on for hours: where it is, and how much is much. The environment of the caller wins. */
interface Course {
  about: string
  spec: string
  environment: Record<string, string>
  /** The variable by which its spec takes a part of the whole, such as 2/4: a process for each core. */
  part?: string
}

/** A new one is a line here; its spec reads what it needs from the environment. */
const courses: Record<string, Course> = {
  kills: {
    about: 'kill -9 at every point of every job, under load (KILLS)',
    spec: 'crash/kills.spec.js',
    environment: { SOAK: '1' },
  },
  closing: {
    about: 'SIGTERM at random moments, under load (CLOSINGS)',
    spec: 'crash/closing.spec.js',
    environment: { SOAK: '1' },
  },
  'power-loss': {
    about: 'a WAL cut and torn anywhere; every run taken to its end (WAL_CUTS, WAL_RESUMES)',
    spec: 'crash/wal-cut.spec.js',
    environment: { SOAK: '1' },
  },
  'two-way': {
    about: 'random sequences of writes on both sides, carried to the other (RUNS, AWKWARD_RUNS)',
    spec: 'to-v2/two-way.spec.js',
    environment: { SOAK: '1' },
  },
  fuzz: {
    about:
      'requests of every kind to every operation, held to the documents (FUZZ_REQUESTS each, FUZZ_ONLY, FUZZ_PART)',
    spec: 'fuzz/fuzz.spec.js',
    environment: { FUZZ_REQUESTS: '20000' },
    part: 'FUZZ_PART',
  },
  'awkward-rows': {
    about: 'a million instances, and one in a hundred rows that does not fit (INSTANCES)',
    spec: 'to-v2/many-awkward-rows.spec.js',
    environment: { INSTANCES: '1000000' },
  },
}

const usage = `Runs the long versions of the tests that try chance: an hour or more in all.

Usage: npm run soak -- [options]

  --only NAME     one of: ${Object.keys(courses).join(', ')}
  --json          prints {"courses": [{"name", "ok", "seconds"}]}
  --help          prints this

${Object.entries(courses)
  .map(([name, { about }]) => `  ${name.padEnd(14)}  ${about}`)
  .join('\n')}

Variables in brackets set how much is tried; SEED repeats a run.
Exit status: 0 everything held, 1 something did not, 2 wrong usage.`

/** Of a failed test, so many lines of what it found are shown. */
const FAILURE_LINES = 30

interface Result {
  name: string
  ok: boolean
  seconds: number
}

async function soak(): Promise<Outcome> {
  const { values } = parseArgs({ options: { ...commonOptions, only: { type: 'string' } } })
  const names = Object.keys(courses)
  const chosen = values.only === undefined ? names : [oneOf('only', values.only, names)]
  const results: Result[] = []
  for (const name of chosen) results.push(await runCourse(name))
  return {
    ok: results.every(({ ok }) => ok),
    json: { courses: results },
    lines: results.map(({ name, ok, seconds }) => `${ok ? 'ok    ' : 'FAILED'}  ${name}, ${seconds} s`),
  }
}

async function runCourse(name: string): Promise<Result> {
  const course = courses[name]
  if (course === undefined) throw new Error(`There is no course ${name}.`)
  const startedAt = performance.now()
  const seconds = () => Math.round((performance.now() - startedAt) / 1000)
  const say = (line: string) => void process.stderr.write(`${name}, ${seconds()} s: ${line}\n`)
  say(course.about)
  const passed = await Promise.all(partsOf(course).map((environment) => runSpec(course, environment, say)))
  return { name, ok: passed.every(Boolean), seconds: seconds() }
}

/** The environment of each of its processes: as many as there are cores, unless the caller says which part. */
function partsOf({ environment, part }: Course): Record<string, string>[] {
  if (part === undefined || process.env[part] !== undefined) return [environment]
  const count = availableParallelism()
  return Array.from({ length: count }, (_, n) => ({ ...environment, [part]: `${n + 1}/${count}` }))
}

/** @returns whether it passed */
async function runSpec(course: Course, environment: Record<string, string>, say: (line: string) => void) {
  const child = spawn(process.execPath, [specPath(course)], {
    // No limit: the specs have their own.
    env: { ...environment, TAP_TIMEOUT: '0', ...process.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const killWithUs = () => child.kill()
  process.once('exit', killWithUs)
  let failure = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/^\s*not ok /.test(line)) failure = FAILURE_LINES
    if (failure-- > 0 || /^\s*# (?!Subtest|time)/.test(line)) say(line.trim())
  })
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('exit', killWithUs)
  return code === 0
}

const specPath = ({ spec }: Course) => fileURLToPath(new URL(`../test/${spec}`, import.meta.url))

await runScript(usage, soak)
