import { Type } from '@sinclair/typebox'
import { DUE, ids, times } from '../../http/examples.js'
import { Body, exampleOf, Id, Instant, Named, Nullable, PatchBody, Text } from '../../http/schemas.js'
import { FileId, FileInstant } from '../file-values.js'

export const ProjectMilestoneTask = Named(
  'ProjectMilestoneTask',
  Type.Object({
    id: FileId(),
    projectId: FileId(),
    milestoneId: FileId(),
    taskId: FileId(),
    dueDate: FileInstant(),
    isActive: Type.Boolean(),
    notes: Nullable(Type.String()),
    responsibleParties: Nullable(
      Type.String({ description: 'null in older files, which have no such column' }),
    ),
    createdAt: FileInstant(),
    updatedAt: FileInstant(),
  }),
  {
    id: ids.template,
    projectId: ids.project,
    milestoneId: ids.section,
    taskId: ids.task,
    dueDate: DUE,
    isActive: true,
    notes: null,
    responsibleParties: 'Quality',
    ...times,
  },
)

const Changeable = Body({
  dueDate: Instant(),
  isActive: Type.Optional(Type.Boolean({ description: 'true when left out' })),
  notes: Type.Optional(Nullable(Text())),
  responsibleParties: Type.Optional(Nullable(Text())),
})

export const CreateProjectMilestoneTask = Named(
  'CreateProjectMilestoneTask',
  Body({
    projectId: Id(),
    milestoneId: Id("the task's own milestone, or another"),
    taskId: Id(),
    ...Changeable.properties,
  }),
  { projectId: ids.project, milestoneId: ids.section, taskId: ids.task, dueDate: DUE },
)

export const PatchProjectMilestoneTask = Named('PatchProjectMilestoneTask', PatchBody(Changeable), {
  dueDate: '2026-03-09T00:00:00.000Z',
})

const PropagationCounts = Type.Object(
  { updated: Type.Integer(), keptOverride: Type.Integer(), keptCompleted: Type.Integer() },
  { description: 'what a new due date did to the instances; zeros where none was given' },
)

export const ChangedProjectMilestoneTask = Named(
  'ChangedProjectMilestoneTask',
  Type.Object({
    ...ProjectMilestoneTask.properties,
    propagation: PropagationCounts,
  }),
  { ...exampleOf(ProjectMilestoneTask), propagation: { updated: 10, keptOverride: 1, keptCompleted: 1 } },
)

export const ProjectMilestoneTaskFilters = {
  projectId: Type.Optional(Id()),
  milestoneId: Type.Optional(Id()),
  taskId: Type.Optional(Id()),
  isActive: Type.Optional(Type.Boolean()),
}
