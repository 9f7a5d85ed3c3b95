import { getAll, type ApiClient } from './api-client.js'

/** What is there to work on, before the work begins. */
export interface Catalogue {
  instances: string[]
  /** Those with a due date for a project: v1's project milestone tasks. */
  templates: string[]
  milestones: string[]
  projects: string[]
  /** Suppliers that are not on a project yet. */
  unassigned: { supplierId: string; projectId: string }[]
}

const LISTED_INSTANCES = 2000

interface Named {
  id: string
  name: string
}

/** Whether clients work with the row: what does not fit is the operator's, and v2 may lack it. */
export type IsSound = (row: Partial<Named>) => boolean

export async function readCatalogue(client: ApiClient, isSound: IsSound): Promise<Catalogue> {
  const sound = async <Row extends object = Named>(path: string) =>
    (await getAll<Row & { id: string }>(client, path)).filter(isSound)
  const ids = async (path: string) => (await sound(path)).map(({ id }) => id)
  const [suppliers, projects] = [await ids('/v1/suppliers'), await ids('/v1/projects')]
  const assignments = await getAll<Pair>(client, '/v1/supplier-project-instances')
  const assigned = new Set(assignments.map(pairKey))
  const templates = (await sound<{ projectId: string }>('/v1/project-milestone-tasks'))
    .filter(({ projectId }) => projects.includes(projectId))
    .map(({ id }) => id)
  const ofTemplate = new Set(templates)
  const instances = await sound<{ projectMilestoneTaskId: string }>('/v1/supplier-task-instances')
  return {
    projects,
    instances: instances
      .filter(({ projectMilestoneTaskId }) => ofTemplate.has(projectMilestoneTaskId))
      .map(({ id }) => id)
      .slice(0, LISTED_INSTANCES),
    templates,
    milestones: await ids('/v1/milestones'),
    unassigned: projects
      .flatMap((projectId) => suppliers.map((supplierId) => ({ supplierId, projectId })))
      .filter((pair) => !assigned.has(pairKey(pair))),
  }
}

interface Pair {
  supplierId: string
  projectId: string
}

const pairKey = ({ supplierId, projectId }: Pair) => `${supplierId} ${projectId}`

/** Each clerk gets items of its own, so that the last acknowledged write of an item is known. */
export const dealOut = (catalogue: Catalogue, clerks: number): Catalogue[] =>
  Array.from({ length: clerks }, (_, clerk) => {
    const share = <Item>(items: readonly Item[]) => items.filter((_item, index) => index % clerks === clerk)
    return {
      ...catalogue,
      instances: share(catalogue.instances),
      templates: share(catalogue.templates),
      unassigned: share(catalogue.unassigned),
    }
  })
