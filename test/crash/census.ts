import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { activeFile } from './active-file.js'
import { temporaryFolder } from '../helper.js'
import { tellStory, type Chapter } from './story.js'
import { createTally } from './tally.js'

/** How often an undisturbed run of each chapter reaches each point, in the order of the run. */
export type Census = ReadonlyMap<string, ReadonlyMap<string, number>>

export const INSTANCES = 2_000

/** Runs every chapter once, with nobody writing, and has the points written down. */
export async function takeCensus(t: Test, chapters: readonly Omit<Chapter, 'deaths'>[]): Promise<Census> {
  const folder = temporaryFolder(t)
  const path = join(folder, 'app.db')
  activeFile({ path, instances: INSTANCES, seed: 3 })
  const listOf = ({ title }: Pick<Chapter, 'title'>) => join(folder, title)
  const { problems } = await tellStory({
    path,
    chapters: chapters.map((chapter) => ({ ...chapter, deaths: [] })),
    clerks: 0,
    random: () => 1,
    tally: createTally(),
    pointsTo: listOf,
  })
  t.same(problems, [], 'nothing is wrong without kills')
  return new Map(chapters.map((chapter) => [chapter.title, readPoints(listOf(chapter))]))
}

function readPoints(path: string): Map<string, number> {
  const points = new Map<string, number>()
  if (!existsSync(path)) return points
  for (const point of readFileSync(path, 'utf8').trim().split('\n'))
    points.set(point, (points.get(point) ?? 0) + 1)
  return points
}
