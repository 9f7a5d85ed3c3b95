import { Type } from '@sinclair/typebox'
import { Body, Instant, Named, StringEnum } from '../../http/schemas.js'
import { DryRun } from './moved-dates.schemas.js'
import { Days } from './project-task-templates.schemas.js'
import { PartOfProject } from './shift-dates.schemas.js'

/** The date of a task is moved by changing its template. */
export const movableAnchors = ['project_start', 'milestone_date'] as const

export const MoveAnchor = Named(
  'MoveAnchor',
  Body({
    anchor: StringEnum(movableAnchors),
    ...PartOfProject,
    from: Type.Optional(
      Instant({
        description: 'only what is counted from this day, UTC; needed with `to` where there are several',
      }),
    ),
    to: Type.Optional(Instant({ description: 'the day, UTC, that the anchor moves to' })),
    days: Type.Optional(Days('instead of `to`')),
    dryRun: DryRun,
  }),
  { anchor: 'project_start', days: 7, dryRun: true },
)
