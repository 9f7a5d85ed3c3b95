import type { FastifyReply } from 'fastify'
import type { Kysely } from 'kysely'
import type { App } from './http/type-provider.js'
import type { ApiGroup } from './kernel/api-groups.js'
import { DAY_MS } from './kernel/due-date.js'
import { conflict, Problem } from './kernel/problem.js'
import { getState, type MigrationState } from './migration/state.js'
import type { JournalTables } from './migration/tables.js'

const notActive = (group: ApiGroup) =>
  conflict(
    'v2-not-active',
    `The group ${group} is served by /v1 until an operator cuts it over. Use /v1, and ask again later.`,
    { group },
  )

const v1Gone = () =>
  new Problem(
    410,
    'v1-gone',
    'Gone',
    'This database has no v1. Use /v2.',
    {},
    { link: '</v2>; rel="successor-version"' },
  )

/** /v2 answers once the data is there and the route's group has been cut over. */
export function gateV2(scope: App, db: Kysely<JournalTables>): void {
  scope.addHook('onRequest', async (request) => {
    const { group } = request.routeOptions.config
    if (group === undefined) return
    const state = await getState(db)
    if (!holdsV2(state) || state.groups[group] !== 'v2') throw notActive(group)
  })
}

const holdsV2 = ({ stage }: MigrationState) => stage !== 'v1' && stage !== 'expanded'

/** /v1 is gone with its tables; once its group is cut over, its answers say where to go, and until when. */
export function gateV1(scope: App, db: Kysely<JournalTables>, legacyRetentionDays: number): void {
  scope.addHook('onRequest', async (request, reply) => {
    const state = await getState(db)
    if (state.stage === 'contracted') throw v1Gone()
    const { group } = request.routeOptions.config
    if (group !== undefined && holdsV2(state) && state.groups[group] === 'v2')
      announceSuccessor(reply, state.cutoverAt, legacyRetentionDays)
  })
}

/** RFC 9745 and RFC 8594. Before the last group is cut over nobody knows yet when v1 ends. */
function announceSuccessor(reply: FastifyReply, cutoverAt: number | null, legacyRetentionDays: number): void {
  void reply.header('link', '</v2>; rel="successor-version"')
  if (cutoverAt === null) return
  void reply.header('deprecation', `@${Math.floor(cutoverAt / 1000)}`)
  void reply.header('sunset', new Date(cutoverAt + legacyRetentionDays * DAY_MS).toUTCString())
}
