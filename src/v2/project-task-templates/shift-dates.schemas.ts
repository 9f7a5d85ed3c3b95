import { Type } from '@sinclair/typebox'
import { ids } from '../../http/examples.js'
import { Body, Id, Named, StringEnum } from '../../http/schemas.js'
import { DryRun } from './moved-dates.schemas.js'
import { Days } from './project-task-templates.schemas.js'

export const PartOfProject = {
  taskTypeId: Type.Optional(Id('only the templates of its tasks')),
  sectionId: Type.Optional(Id('only the templates of this section')),
}

export const ShiftDates = Named(
  'ShiftDates',
  Body({
    days: Days('negative: earlier'),
    ...PartOfProject,
    scope: Type.Optional(
      StringEnum(['project', 'all-projects-using-type'], {
        description: 'default: project; the other needs a taskTypeId or a sectionId',
      }),
    ),
    dryRun: DryRun,
  }),
  { days: 7, sectionId: ids.section, scope: 'project' },
)
