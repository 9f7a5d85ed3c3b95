import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileInstant } from '../file-values.js'

export const ProjectMilestoneTask = Type.Object({
  id: Id(),
  projectId: Id(),
  milestoneId: Id(),
  taskId: Id(),
  dueDate: FileInstant(),
  isActive: Type.Boolean(),
  notes: Nullable(Type.String()),
  responsibleParties: Nullable(
    Type.String({ description: 'null in older files, which have no such column' }),
  ),
  createdAt: FileInstant(),
  updatedAt: FileInstant(),
})

const Changeable = Body({
  dueDate: Instant(),
  isActive: Type.Optional(Type.Boolean({ description: 'true when left out' })),
  notes: Type.Optional(Nullable(Text())),
  responsibleParties: Type.Optional(Nullable(Text())),
})

export const CreateProjectMilestoneTask = Body({
  projectId: Id(),
  milestoneId: Id("the task's own milestone, or another"),
  taskId: Id(),
  ...Changeable.properties,
})

export const PatchProjectMilestoneTask = PatchBody(Changeable)

const PropagationCounts = Type.Object(
  { updated: Type.Integer(), keptOverride: Type.Integer(), keptCompleted: Type.Integer() },
  { description: 'what a new due date did to the instances; zeros where none was given' },
)

export const ChangedProjectMilestoneTask = Type.Object({
  ...ProjectMilestoneTask.properties,
  propagation: PropagationCounts,
})

export const ProjectMilestoneTaskFilters = {
  projectId: Type.Optional(Id()),
  milestoneId: Type.Optional(Id()),
  taskId: Type.Optional(Id()),
  isActive: Type.Optional(Type.Boolean()),
}
