import { sharedTags } from '../v2/tags.js'

/** The tags of /v1, each with what its operations are about. */
export const v1Tags = {
  ...sharedTags,
  Milestones: 'The parts of a task type, in order.',
  ProjectMilestoneTasks: 'The tasks of a project, each with the due date that its suppliers are given.',
  TaskTemplates: 'Due dates from before there were milestones: one for a task type in a project. Read only.',
  TaskInstances: 'What suppliers owed before there were milestones. Read only.',
}
