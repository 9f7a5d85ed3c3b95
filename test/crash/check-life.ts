import { isDeepStrictEqual } from 'node:util'
import { openReaderHandle } from '../../src/db/database.js'
import { inSnapshot } from '../../src/v1/to-v2/validate/snapshot.js'
import { fileProblems } from './file-health.js'
import type { Operator } from './operator.js'
import { patient } from './patient.js'
import { readThings, thingsOver } from './things.js'
import type { WriteLog } from './write-log.js'

/** Things asked for at once. */
const ASKERS = 4

/**
 * Everything that is wrong with a file that a server has just opened and nobody writes to: the file
 * itself, the log of writes compared by SQL, and what was written last, asked for over HTTP.
 */
export async function checkLife(
  operator: Operator,
  path: string,
  log: WriteLog,
  things = log.takeTouched(),
): Promise<string[]> {
  const stage = await operator.stage()
  const { v1, v2 } = readBoth(path, stage === 'migrated' || stage === 'cutover')
  return [
    ...fileProblems(path),
    ...log.compare(v1),
    ...(v2 === undefined ? [] : differences(v1, v2)),
    ...(await askProblems(operator, 'v1', things, v1)),
    ...(stage === 'cutover' ? await askV2(operator, things, v1) : []),
  ]
}

/** A rollback that goes on meanwhile takes /v2 away. */
async function askV2(operator: Operator, things: readonly string[], held: Things): Promise<string[]> {
  const found = await askProblems(operator, 'v2', things, held).catch((error: unknown) => [String(error)])
  return (await operator.stage()) === 'cutover' ? found : []
}

async function askProblems(
  { client }: Operator,
  version: 'v1' | 'v2',
  things: readonly string[],
  held: Things,
): Promise<string[]> {
  const problems: string[] = []
  const ask = thingsOver(patient(client), version)
  const queue = things.values()
  const asker = async () => {
    for (const thing of queue) {
      const [expected, actual] = [held.get(thing), await ask(thing)]
      if (expected !== actual) problems.push(`/${version} says that ${thing} is ${actual}, not ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: ASKERS }, asker))
  return problems
}

type Things = ReadonlyMap<string, string>

function readBoth(path: string, isMigrated: boolean): { v1: Things; v2: Things | undefined } {
  const db = openReaderHandle(path)
  try {
    return inSnapshot(db, () => ({
      v1: readThings(db, 'v1'),
      v2: isMigrated ? readThings(db, 'v2') : undefined,
    }))
  } finally {
    db.close()
  }
}

const differences = (v1: Things, v2: Things): string[] =>
  isDeepStrictEqual(v1, v2)
    ? []
    : [...new Set([...v1.keys(), ...v2.keys()])]
        .filter((thing) => v1.get(thing) !== v2.get(thing))
        .map((thing) => `${thing} is ${v1.get(thing)} in v1, ${v2.get(thing)} in v2`)
