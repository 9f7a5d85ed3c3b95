interface Assignable {
  id: string
  templates: readonly { id: string }[]
}

export interface PlannedAssignment<Project extends Assignable> {
  supplierId: string
  projectId: string
  /** The templates to make instances of: all of the project's, but in the last assignment. */
  templates: Project['templates']
}

/** How often each project is assigned until there are so many instances. */
export function roundsFor(projects: readonly Assignable[], instances: number): number {
  const perRound = projects.reduce((total, { templates }) => total + templates.length, 0)
  return instances === 0 ? 0 : Math.ceil(instances / perRound)
}

/**
 * Supplier × project in rounds, each pair once, with exactly `instances` templates in all.
 *
 * @param firstRound another plan's round to start in, so that the two share only some pairs
 */
export function* assignmentPlan<Project extends Assignable>(
  projects: readonly Project[],
  suppliers: readonly string[],
  instances: number,
  firstRound = 0,
): Generator<PlannedAssignment<Project>> {
  let left = instances
  for (let round = firstRound; left > 0; round++)
    for (const [index, project] of projects.entries()) {
      const supplierId = suppliers[(index * 7 + round) % suppliers.length]
      if (left === 0 || supplierId === undefined) return
      const templates = project.templates.slice(0, left)
      left -= templates.length
      yield { supplierId, projectId: project.id, templates }
    }
}
