import { Type } from '@sinclair/typebox'
import { DUE, ids, times } from '../../http/examples.js'
import {
  Body,
  exampleOf,
  Id,
  Instant,
  Line,
  Named,
  Nullable,
  PatchBody,
  StringEnum,
  Text,
} from '../../http/schemas.js'
import { anchors } from '../tables.js'
import { DryRun, movedDatesExample, movedDatesFields } from './moved-dates.schemas.js'

const MAX_OFFSET_DAYS = 36_500

const anchorText = 'what the due date is counted from; null: the date is fixed'

/** Days that a due date is moved or counted by. */
export const Days = (description?: string) =>
  Type.Integer({
    minimum: -MAX_OFFSET_DAYS,
    maximum: MAX_OFFSET_DAYS,
    ...(description === undefined ? {} : { description }),
  })

export const Template = Named(
  'ProjectTaskTemplate',
  Type.Object({
    id: Id(),
    projectId: Id(),
    taskId: Id(),
    sectionId: Nullable(Id('that of its task')),
    dueDate: Instant(),
    owner: Nullable(Type.String()),
    notes: Nullable(Type.String()),
    isActive: Type.Boolean(),
    anchor: Nullable(StringEnum(anchors, { title: 'Anchor', description: anchorText })),
    offsetDays: Nullable(
      Type.Integer({ description: 'calendar days, UTC, from the anchor to the due date' }),
    ),
    anchorDate: Nullable(
      Instant({ description: 'the day that follows from the two: dueDate less offsetDays' }),
    ),
    createdAt: Instant(),
    updatedAt: Instant(),
  }),
  {
    id: ids.template,
    projectId: ids.project,
    taskId: ids.task,
    sectionId: ids.section,
    dueDate: DUE,
    owner: 'Ann Weber',
    notes: null,
    isActive: true,
    anchor: 'project_start',
    offsetDays: 28,
    anchorDate: '2026-02-02T00:00:00.000Z',
    ...times,
  },
)

const changeable = {
  dueDate: Instant({ description: 'moves its instances, but for overrides and completed ones' }),
  owner: Type.Optional(Nullable(Line({ description: "default: the task's defaultOwner" }))),
  notes: Type.Optional(Nullable(Text())),
  isActive: Type.Optional(Type.Boolean({ description: 'of a new one: true when left out' })),
  anchor: Type.Optional(Nullable(StringEnum(anchors, { title: 'Anchor', description: anchorText }))),
  offsetDays: Type.Optional(Nullable(Days('alone, it moves the due date: the anchor stays'))),
}

export const CreateTemplate = Named(
  'CreateProjectTaskTemplate',
  Body({ projectId: Id(), taskId: Id(), ...changeable }),
  {
    projectId: ids.project,
    taskId: ids.task,
    dueDate: DUE,
    anchor: 'project_start',
    offsetDays: 28,
  },
)

export const PatchTemplate = Named(
  'PatchProjectTaskTemplate',
  PatchBody(
    Body({
      ...changeable,
      scope: Type.Optional(
        StringEnum(['this-project', 'all-projects-using-type'], {
          description: 'the second moves the same task by as much in every other project that uses its type',
        }),
      ),
      dryRun: DryRun,
    }),
  ),
  { dueDate: DUE, scope: 'this-project' },
)

export const TemplateFilters = {
  projectId: Type.Optional(Id()),
  taskId: Type.Optional(Id()),
  taskTypeId: Type.Optional(Id()),
  sectionId: Type.Optional(Id()),
  isActive: Type.Optional(Type.Boolean()),
}

export const ChangedTemplate = Named(
  'ChangedProjectTaskTemplate',
  Type.Object({ template: Template, ...movedDatesFields }),
  { template: exampleOf(Template), ...movedDatesExample },
)
