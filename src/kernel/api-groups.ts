/** The groups of /v2 routes that a cutover moves, in the order in which they may move. */
export const apiGroups = ['dashboard', 'taskRead', 'taskWrite', 'taskCreate'] as const

export type ApiGroup = (typeof apiGroups)[number]
export type ApiVersion = 'v1' | 'v2'

/** Which version each group is served from, as clients should use it. */
export type GroupVersions = Record<ApiGroup, ApiVersion>

/** Which schema the database is in. `contracted`: v1 is gone, or never was. */
export const stages = ['v1', 'expanded', 'migrated', 'cutover', 'contracted'] as const

export type Stage = (typeof stages)[number]

export const allGroupsOn = (version: ApiVersion): GroupVersions => ({
  dashboard: version,
  taskRead: version,
  taskWrite: version,
  taskCreate: version,
})

/** The first group that stands on v2 although one before it does not, if any. */
export const groupOutOfOrder = (groups: GroupVersions): ApiGroup | undefined =>
  apiGroups.find(
    (group, index) => groups[group] === 'v2' && apiGroups.slice(0, index).some((g) => groups[g] === 'v1'),
  )
