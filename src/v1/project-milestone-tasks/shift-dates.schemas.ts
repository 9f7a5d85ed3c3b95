import { Type } from '@sinclair/typebox'
import { DUE, ids } from '../../http/examples.js'
import { Body, exampleOf, Id, Named, Nullable, StringEnum } from '../../http/schemas.js'
import { DryRun, PropagationCounts } from '../../v2/project-task-templates/moved-dates.schemas.js'
import { stayingReasons } from '../../v2/project-task-templates/planned-moves.js'
import { Days } from '../../v2/project-task-templates/project-task-templates.schemas.js'
import { FileId, FileInstant } from '../file-values.js'

export const ShiftDates = Named(
  'ShiftDates',
  Body({
    days: Days('negative: earlier'),
    taskTypeId: Type.Optional(Id('only what is under its milestones')),
    milestoneId: Type.Optional(Id('only what is under this milestone')),
    scope: Type.Optional(
      StringEnum(['project', 'all-projects-using-type'], {
        description: 'default: project; the other needs a taskTypeId or a milestoneId',
      }),
    ),
    dryRun: DryRun,
  }),
  { days: 7, milestoneId: ids.section, scope: 'project' },
)

export const ShiftedTask = Type.Object({
  id: FileId(),
  projectId: FileId(),
  milestoneId: FileId(),
  taskId: FileId(),
  from: FileInstant(),
  to: FileInstant(),
  stays: Nullable(
    StringEnum([...stayingReasons, 'unreadable-date'], {
      description: 'why it does not move; null: it does',
    }),
  ),
  propagation: PropagationCounts,
})

export const ShiftedDates = Named(
  'ShiftedDates',
  Type.Object({
    propagation: PropagationCounts,
    projectMilestoneTasks: Type.Array(ShiftedTask, { description: 'each one of the scope, ordered by id' }),
    dryRun: Type.Boolean({ description: 'true: nothing was written' }),
  }),
  {
    propagation: exampleOf(PropagationCounts),
    projectMilestoneTasks: [
      {
        id: ids.template,
        projectId: ids.project,
        milestoneId: ids.section,
        taskId: ids.task,
        from: DUE,
        to: '2026-03-09T00:00:00.000Z',
        stays: null,
        propagation: exampleOf(PropagationCounts),
      },
    ],
    dryRun: false,
  },
)
