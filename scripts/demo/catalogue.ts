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

export async function readCatalogue(client: ApiClient): Promise<Catalogue> {
  const ids = async (path: string) => (await getAll<{ id: string }>(client, path)).map(({ id }) => id)
  const [suppliers, projects] = [await ids('/v1/suppliers'), await ids('/v1/projects')]
  const assignments = await getAll<Pair>(client, '/v1/supplier-project-instances')
  const assigned = new Set(assignments.map(pairKey))
  return {
    projects,
    instances: (await ids('/v1/supplier-task-instances')).slice(0, LISTED_INSTANCES),
    templates: await ids('/v1/project-milestone-tasks'),
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
