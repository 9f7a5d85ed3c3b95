type Json = Record<string, unknown>

/** What one version calls things, and how its requests and answers are built. */
export interface Words {
  version: 'v1' | 'v2'
  section: { path: string }
  template: { path: string }
  task(values: Json & { taskTypeId: string; sectionId: string }): Json
  newTemplate(values: Json & { sectionId: string }): Json
  changedTemplate(body: Json): Json
  assigned(body: Json): Json
  /** Names of fields, filters and paths: the common ones into the version's own, and back. */
  sent(value: unknown): unknown
  read(value: unknown): unknown
}

/** In a whole value: the names of fields, and the paths of errors. */
function renamed(names: Readonly<Record<string, string>>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(names, one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      names[name] ?? name,
      name === 'path' && typeof inner === 'string'
        ? inner.replaceAll(/\w+/g, (part) => names[part] ?? part)
        : renamed(names, inner),
    ]),
  )
}

const swapped = (names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(names).map(([common, own]) => [own, common]))

const v1Names = {
  sectionId: 'milestoneId',
  templateId: 'projectMilestoneTaskId',
  assignmentId: 'supplierProjectInstanceId',
  templates: 'projectMilestoneTasks',
  bySection: 'byMilestone',
}

export const v1Words: Words = {
  version: 'v1',
  section: { path: 'milestones' },
  template: { path: 'project-milestone-tasks' },
  // A milestone has a task type, and no task a parent.
  task: ({ taskTypeId: _, parentTaskId: __, ...values }) => values,
  newTemplate: (values) => values,
  changedTemplate: (body) => body,
  assigned: (body) => body,
  sent: (value) => renamed(v1Names, value),
  read: (value) => renamed(swapped(v1Names), value),
}

const v2Names = { templateId: 'projectTaskTemplateId', assignmentId: 'supplierProjectInstanceId' }

export const v2Words: Words = {
  version: 'v2',
  section: { path: 'task-type-sections' },
  template: { path: 'project-task-templates' },
  task: ({ sectionId, parentTaskId, ...values }) => ({
    ...values,
    ...(parentTaskId === undefined ? { sectionId } : { parentTaskId }),
  }),
  // A template's section is that of its task.
  newTemplate: ({ sectionId: _, ...values }) => values,
  changedTemplate: ({ template, ...body }) => ({ ...body, ...(template as Json | undefined) }),
  assigned: ({ assignment, ...body }) => ({ ...body, ...(assignment as Json | undefined) }),
  sent: (value) => renamed(v2Names, value),
  read: (value) => renamed(swapped(v2Names), value),
}
