import type { Kysely } from 'kysely'
import t, { type Test } from 'tap'
import type { Context } from '../../src/http/resource.js'
import type { App } from '../../src/http/type-provider.js'
import { v1Routes } from '../../src/v1/index.js'
import type { V1Tables } from '../../src/v1/tables.js'
import { v2Routes } from '../../src/v2/index.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { openV1, openV2, serve } from '../helper.js'
import { assignmentScenarios } from './assignments.js'
import { countScenarios } from './counts.js'
import { dashboardScenarios } from './dashboards.js'
import { dueDateScenarios } from './due-dates.js'
import { newTemplateScenarios } from './new-templates.js'
import { NOW, rules, type Scenario } from './scenario.js'
import { shiftScenarios } from './shifts.js'
import { statusScenarios } from './statuses.js'
import { trackerOver } from './tracker.js'
import { v2Scenarios } from './v2-only.js'
import { v1Words, v2Words } from './words.js'

const scenarios: readonly Scenario[] = [
  ...dueDateScenarios,
  ...shiftScenarios,
  ...statusScenarios,
  ...countScenarios,
  ...dashboardScenarios,
  ...assignmentScenarios,
  ...newTemplateScenarios,
  ...v2Scenarios,
]

type Version = 'v1' | 'v2'

interface Clock {
  now: number
}

const file = { hasResponsibleParties: false, legacySuffix: '_old' } as const

const played = {
  v1: async (t: Test, clock: Clock) => {
    const db = await openV1<V1Tables>(t)
    const routes = (app: App, context: Context<V1Tables>) => v1Routes(app, context, file)
    const app = await serve(t, '/v1', routes, { db, now: () => clock.now })
    return { db, tracker: trackerOver(app, v1Words, clock) }
  },
  v2: async (t: Test, clock: Clock) => {
    const db = await openV2<V2Tables>(t)
    const app = await serve(t, '/v2', v2Routes, { db, now: () => clock.now })
    return { db, tracker: trackerOver(app, v2Words, clock) }
  },
}

/** What everything else hangs on: the foreign keys take it along. */
async function empty(db: { writer: unknown }) {
  const writer = db.writer as Kysely<V2Tables>
  for (const table of ['suppliers', 'projects', 'task_types'] as const)
    await writer.deleteFrom(table).execute()
}

const isOf = (version: Version, rule: keyof typeof rules) =>
  (rules[rule] as readonly string[]).includes(version)

for (const version of ['v1', 'v2'] as const)
  t.test(`in ${version}`, async (t) => {
    const clock = { now: 0 }
    const { db, tracker } = await played[version](t, clock)
    const own = scenarios.filter(({ rule }) => isOf(version, rule))
    for (const scenario of own)
      t.test(`${scenario.rule}: ${scenario.says}`, async (t) => {
        await empty(db)
        clock.now = Date.parse(NOW)
        t.strictSame(await scenario.play(tracker), scenario.expected)
      })

    t.test('every rule was played', async (t) => {
      const due = (Object.keys(rules) as (keyof typeof rules)[]).filter((rule) => isOf(version, rule))
      t.same([...new Set(own.map(({ rule }) => rule))].sort(), due.sort())
      t.ok(own.length >= 47, `${own.length} scenarios`)
    })
  })
