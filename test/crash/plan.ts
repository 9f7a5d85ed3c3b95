import { chapters } from './chapters.js'
import type { Census } from './census.js'
import type { Death } from './death.js'
import type { Chapter } from './story.js'

/** Which of its points a chapter adds to those of the others. */
const own: Record<keyof typeof chapters, (point: string) => boolean> = {
  backup: (point) => point.startsWith('backup'),
  dryRun: (point) => /^dry run.*(transaction|rests)$/.test(point),
  cancelled: (point) => /^(undo|end)/.test(point),
  failing: (point) => /^(undo|end)/.test(point),
  migration: () => true,
  repair: (point) => /^(expand|backfill).*transaction$/.test(point),
  retry: (point) => /^(expand|backfill).*in a transaction$/.test(point),
  cutover: (point) => /^(cutover|end)/.test(point),
  rollback: (point) => point.startsWith('rollback'),
  schemaRollback: (point) => point.startsWith('rollback'),
  again: () => false,
}

const RANDOM_KILLS = 3
const LONGEST_RUN_MS = 800
/** Lives before have done a part of the work: a later one reaches a point less often than a whole run. */
const LIVES_A_RUN = 5

export interface PlannedPoint {
  chapter: keyof typeof chapters
  point: string
  times: number
}

/** Every point that is to be met, in the order in which one run after the other reaches them. */
export const pointsOf = (census: Census): PlannedPoint[] =>
  (Object.keys(chapters) as (keyof typeof chapters)[]).flatMap((chapter) =>
    [...(census.get(chapters[chapter].title) ?? [])]
      .filter(([point]) => own[chapter](point))
      .map(([point, times]) => ({ chapter, point, times })),
  )

/** All chapters, with the deaths that fall to one of several files: each point falls to one of them. */
export function chaptersOfLane(
  points: readonly PlannedPoint[],
  { lane, lanes, random }: { lane: number; lanes: number; random: () => number },
): Chapter[] {
  const mine = points.filter((_, index) => index % lanes === lane)
  const named = (name: keyof typeof chapters): Death[] =>
    mine
      .filter(({ chapter }) => chapter === name)
      .map(({ point, times }) => ({ at: point, nth: 1 + Math.floor((random() * times) / LIVES_A_RUN) }))
  const atRandom = (): Death => ({ afterMs: random() * LONGEST_RUN_MS })
  return (Object.keys(chapters) as (keyof typeof chapters)[]).map((name) => ({
    ...chapters[name],
    deaths:
      name === 'again'
        ? [...Array.from({ length: RANDOM_KILLS }, atRandom), ...(lane === 0 ? ['paused' as const] : [])]
        : named(name),
  }))
}
