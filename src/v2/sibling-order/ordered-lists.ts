import { Type, type Static } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import { getRow } from '../../http/resource.js'
import { Id, IdParams } from '../../http/schemas.js'
import { notFound } from '../../kernel/problem.js'
import { findSection } from '../sections/sections.repository.js'
import { sections } from '../sections/sections.routes.js'
import type { V2Tables } from '../tables.js'
import { taskTypes } from '../task-types/task-types.routes.js'
import { findTask } from '../tasks/tasks.repository.js'
import { tasks } from '../tasks/tasks.routes.js'
import { sectionsOf, tasksAt, type Siblings } from './sibling-order.repository.js'

const SectionParams = Type.Object({ id: Id(), sectionId: Id() })

type Params = { id: string } & Partial<Static<typeof SectionParams>>

/** One kind of list that can be put in order. */
export interface OrderedList {
  path: string
  params: typeof IdParams | typeof SectionParams
  /** Ends the operation ids: `getSectionOrder`. */
  name: string
  tag: string
  /** In refusals, and in summaries. */
  noun: string
  nouns: string
  /** @throws Problem `not-found` for what stands in the path and does not exist */
  find(db: Kysely<V2Tables>, params: Params, now: number): Promise<Siblings>
}

export const orderedLists: readonly OrderedList[] = [
  {
    path: '/task-types/:id/sections/order',
    params: IdParams,
    name: 'SectionOrder',
    tag: sections.plural,
    noun: 'section of the task type',
    nouns: 'sections of a task type',
    find: async (db, { id }, now) => {
      await getRow(taskTypes, db, id, now)
      return sectionsOf(id)
    },
  },
  {
    path: '/task-types/:id/sections/:sectionId/tasks/order',
    params: SectionParams,
    name: 'TaskOrderOfSection',
    tag: tasks.plural,
    noun: 'task of the section',
    nouns: 'tasks of a section',
    find: async (db, { id, sectionId = '' }, now) => {
      await getRow(taskTypes, db, id, now)
      const section = await findSection(db, sectionId)
      if (section?.taskTypeId !== id) throw notFound('section of this task type', sectionId)
      return tasksAt({ taskTypeId: id, sectionId, parentTaskId: null })
    },
  },
  {
    path: '/task-types/:id/tasks/order',
    params: IdParams,
    name: 'TaskOrderWithoutSection',
    tag: tasks.plural,
    noun: 'task of the task type without a section',
    nouns: 'tasks of a task type that are in no section',
    find: async (db, { id }, now) => {
      await getRow(taskTypes, db, id, now)
      return tasksAt({ taskTypeId: id, sectionId: null, parentTaskId: null })
    },
  },
  {
    path: '/tasks/:id/sub-tasks/order',
    params: IdParams,
    name: 'SubTaskOrder',
    tag: tasks.plural,
    noun: 'sub-task of the task',
    nouns: 'sub-tasks of a task',
    find: async (db, { id }) => {
      const task = await findTask(db, id)
      if (task === undefined) throw notFound(tasks.noun, id)
      return tasksAt({ ...task, parentTaskId: id })
    },
  },
]
