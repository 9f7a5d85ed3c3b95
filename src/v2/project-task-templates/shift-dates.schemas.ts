import { Type } from '@sinclair/typebox'
import { Body, Id, Instant, StringEnum } from '../../http/schemas.js'
import { Days, PropagationCounts } from './project-task-templates.schemas.js'

export const ShiftDates = Body({
  days: Days('negative: earlier'),
  taskTypeId: Type.Optional(Id('only the templates of its tasks')),
  sectionId: Type.Optional(Id('only the templates of this section')),
  scope: Type.Optional(
    StringEnum(['project', 'all-projects-using-type'], {
      description: 'default: project; the other needs a taskTypeId or a sectionId',
    }),
  ),
  dryRun: Type.Optional(Type.Boolean({ description: 'say what would move, and move nothing' })),
})

export const ShiftedTemplate = Type.Object({
  id: Id(),
  from: Instant(),
  to: Instant(),
  propagation: PropagationCounts,
})

export const ShiftedDates = Type.Object({ templates: Type.Array(ShiftedTemplate), dryRun: Type.Boolean() })
