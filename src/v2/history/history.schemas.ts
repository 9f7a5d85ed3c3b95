import { Type } from '@sinclair/typebox'
import { MADE, ids } from '../../http/examples.js'
import { Id, Instant, Named, Nullable, PageQuery, StringEnum } from '../../http/schemas.js'

/** What has a history, and the fields that are in it, by how they are shown; `deleted` is the end of it all. */
export const subjects = {
  'supplier-task-instance': {
    status: 'text',
    completedAt: 'instant',
    dueDate: 'instant',
    actualDueDate: 'instant',
    isApplied: 'boolean',
    owner: 'text',
    notes: 'text',
    deleted: 'boolean',
  },
  'project-task-template': { dueDate: 'instant', deleted: 'boolean' },
} as const

export type Subject = keyof typeof subjects

export const fieldKinds: Readonly<Record<string, 'text' | 'instant' | 'boolean'>> = {
  ...subjects['supplier-task-instance'],
  ...subjects['project-task-template'],
}

const origins = ['v1', 'v2', 'propagation', 'migration', 'external'] as const

const Value = (description: string) =>
  Type.Unsafe<string | boolean | null>({
    description,
    anyOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'null' }],
  })

export const Change = Named(
  'Change',
  Type.Object({
    id: Type.String({ description: 'later changes have higher numbers' }),
    at: Instant(),
    subject: StringEnum(Object.keys(subjects) as Subject[]),
    subjectId: Id('of the instance or the template, which may be gone'),
    projectId: Nullable(Id()),
    supplierProjectInstanceId: Nullable(Id('for an instance')),
    projectTaskTemplateId: Nullable(Id()),
    field: Type.String({ description: `one of ${Object.keys(fieldKinds).join(', ')}` }),
    oldValue: Value('as the field is served'),
    newValue: Value('as the field is served'),
    actor: Nullable(
      Type.String({ description: 'name of the token; null: none was needed, or another program' }),
    ),
    requestId: Nullable(Type.String({ description: 'x-request-id of the request, or id of the job' })),
    origin: StringEnum(origins, {
      description:
        'v1, v2: a write to that version; propagation: by the due date of its template; external: another program, past /v1',
    }),
  }),
  {
    id: '4711',
    at: MADE,
    subject: 'supplier-task-instance',
    subjectId: ids.instance,
    projectId: ids.project,
    supplierProjectInstanceId: ids.assignment,
    projectTaskTemplateId: ids.template,
    field: 'status',
    oldValue: 'not_started',
    newValue: 'in_progress',
    actor: 'api',
    requestId: ids.request,
    origin: 'v2',
  },
)

export const HistoryQuery = Type.Object(PageQuery, { additionalProperties: false })

export const ActivityQuery = Type.Object(
  {
    ...PageQuery,
    origin: Type.Optional(StringEnum(origins)),
    field: Type.Optional(StringEnum(Object.keys(fieldKinds))),
  },
  { additionalProperties: false },
)
