import { Type } from '@sinclair/typebox'
import { ids, MADE } from '../../http/examples.js'
import { Body, exampleOf, Id, Instant, Named, StringEnum } from '../../http/schemas.js'
import { Days } from '../project-task-templates/project-task-templates.schemas.js'
import { anchors } from '../tables.js'
import { ProjectTaskType } from './project-task-types.schemas.js'

const MAX_TASKS = 5000

const AnchorOf = (description: string) => Type.Optional(StringEnum(anchors, { title: 'Anchor', description }))

export const TaskDueDate = Body({ taskId: Id(), dueDate: Instant() })

export const MilestoneDate = Body({ sectionId: Id(), date: Instant() })

export const AttachTaskType = Named(
  'AttachTaskType',
  Body({
    taskTypeId: Id(),
    dueDates: Type.Optional(Type.Array(TaskDueDate, { maxItems: MAX_TASKS })),
    anchorDate: Type.Optional(
      Instant({
        description: "the project's start, and the date of milestones that milestoneDates leaves out",
      }),
    ),
    milestoneDates: Type.Optional(
      Type.Array(MilestoneDate, { maxItems: MAX_TASKS, description: 'a milestone is a section' }),
    ),
    anchor: AnchorOf('of the offsets that name none; default: project_start'),
    offsets: Type.Optional(
      Type.Array(
        Body({
          taskId: Id(),
          offsetDays: Days('calendar days, UTC, from the date of the anchor; negative: before it'),
          anchor: AnchorOf('relative_to_task: the due date of the parent task'),
        }),
        { maxItems: MAX_TASKS, description: 'for tasks that dueDates does not name' },
      ),
    ),
  }),
  {
    taskTypeId: ids.taskType,
    dueDates: [{ taskId: ids.subTask, dueDate: '2026-03-16T00:00:00.000Z' }],
    anchorDate: MADE,
    offsets: [{ taskId: ids.task, offsetDays: 28 }],
  },
)

export const Attached = Named(
  'AttachedTaskType',
  Type.Object({
    projectTaskType: ProjectTaskType,
    created: Type.Integer({ description: 'templates' }),
    skipped: Type.Integer({ description: 'tasks of which the project had a template already' }),
    activated: Type.Integer({
      description: 'of those, templates that came back with a task type that was switched off or removed',
    }),
    instancesCreated: Type.Integer({ description: 'for the suppliers assigned' }),
  }),
  { projectTaskType: exampleOf(ProjectTaskType), created: 2, skipped: 0, activated: 0, instancesCreated: 2 },
)
