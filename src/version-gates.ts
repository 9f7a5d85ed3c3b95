import type { Kysely } from 'kysely'
import type { App } from './http/type-provider.js'
import { apiGroups, type ApiGroup } from './kernel/api-groups.js'
import { DAY_MS } from './kernel/due-date.js'
import { conflict, Problem } from './kernel/problem.js'
import { getState, holdsV2, type MigrationState } from './migration/state.js'
import type { JournalTables } from './migration/tables.js'

const notActive = (group: ApiGroup) =>
  conflict(
    'v2-not-active',
    `The group ${group} is served by /v1 until an operator cuts it over. Use /v1, and ask again later.`,
    { group },
  )

const v1Gone = () =>
  new Problem(
    'v1-gone',
    'This database has no v1. Use /v2; its guide is at /docs.',
    { guide: '/docs' },
    { link: '</v2>; rel="successor-version", </docs>; rel="help"' },
  )

const brownout = (until: number, now: number, headers: Record<string, string>) =>
  new Problem(
    'v1-brownout',
    'For some minutes /v1 answers nobody, to find the clients that still call it. Use /v2: /v1 will end.',
    {},
    { ...headers, 'retry-after': String(Math.ceil((until - now) / 1000)) },
  )

/** The groups whose routes of /v2 answer: those of /v1 have their successors there. */
export const groupsOnV2 = (state: MigrationState): readonly ApiGroup[] =>
  holdsV2(state) ? apiGroups.filter((group) => state.groups[group] === 'v2') : []

/** /v2 answers once the data is there and the route's group has been cut over. */
export function gateV2(scope: App, db: Kysely<JournalTables>): void {
  scope.addHook('onRequest', async (request) => {
    const { group } = request.routeOptions.config
    if (group === undefined) return
    if (!groupsOnV2(await getState(db)).includes(group)) throw notActive(group)
  })
}

/** /v1 is gone with its tables; once its group is cut over, its answers say where to go, and until when. */
export function gateV1(
  scope: App,
  {
    db,
    legacyRetentionDays,
    now,
  }: { db: Kysely<JournalTables>; legacyRetentionDays: number; now: () => number },
): void {
  const sunsetOf = ({ cutoverAt }: MigrationState) => (cutoverAt ?? now()) + legacyRetentionDays * DAY_MS
  scope.addHook('onRequest', async (request, reply) => {
    const state = await getState(db)
    if (state.stage === 'contracted') throw v1Gone()
    const { group } = request.routeOptions.config
    if (group !== undefined && groupsOnV2(state).includes(group))
      void reply.headers(successor(state.groupsSince[group] ?? state.cutoverAt, sunsetOf(state)))
    const { brownoutUntil } = state
    // Clients that were sent back to v1 meanwhile are to find it.
    if (state.stage === 'cutover' && brownoutUntil !== null && brownoutUntil > now())
      throw brownout(brownoutUntil, now(), successor(state.cutoverAt, sunsetOf(state)))
  })
}

/**
 * RFC 9745 and RFC 8594. Before the last group is cut over nobody knows when v1 ends: if that were now, its
 * end would be announced for no earlier than this.
 */
const successor = (since: number | null, sunset: number): Record<string, string> => ({
  link: '</v2>; rel="successor-version"',
  ...(since === null ? {} : { deprecation: `@${Math.floor(since / 1000)}` }),
  sunset: new Date(sunset).toUTCString(),
})
