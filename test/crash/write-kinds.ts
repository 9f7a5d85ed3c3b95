import { instanceStatuses } from '../../src/kernel/instance-status.js'
import { DAY_MS } from '../../src/kernel/due-date.js'
import type { Hand } from './hands.js'
import {
  assignmentThing,
  assignmentValue,
  instanceThing,
  instanceValue,
  present,
  TASK_MARK,
  taskThing,
  templateThing,
  templateValue,
} from './things.js'
import { absent } from './write-log.js'

/** A write as it goes over HTTP, and what it would make of which thing. */
export interface Write {
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: Record<string, unknown>
  headers?: Record<string, string>
  thing: string
  value: string
  /** The status of a write that the service must refuse. */
  refusedWith?: number
  /** What the clerk remembers once it is acknowledged. */
  onAcknowledged?: (answer: { id: string }) => void
}

/** The next write of a clerk of that kind; undefined when there is nothing left to do. */
export type WriteKind = (hand: Hand) => Write | undefined

const pick = <Item>(items: readonly Item[], turn: number): Item | undefined => items[turn % items.length]
/** Unique, so that whose write a value is can be told. */
const mark = ({ clerk, turn }: Hand) => `clerk ${clerk}, turn ${turn}`
const dayAfter = (hand: Hand) => Date.UTC(2026, 0, 1) + (hand.turn % 700) * DAY_MS + hand.clerk * 1000

const changeInstance =
  (version: 'v1' | 'v2'): WriteKind =>
  (hand) => {
    const id = pick(hand.instances, hand.turn)
    const status = pick(instanceStatuses, hand.turn)
    if (id === undefined || status === undefined) return undefined
    return {
      method: 'PATCH',
      path: `/${version}/supplier-task-instances/${id}`,
      body: { status, notes: mark(hand) },
      thing: instanceThing(id),
      value: instanceValue(status, mark(hand)),
    }
  }

/** One write of many rows: the template and its instances. */
const moveDueDate =
  (version: 'v1' | 'v2'): WriteKind =>
  (hand) => {
    const id = pick(hand.templates, hand.turn)
    if (id === undefined) return undefined
    const dueDate = dayAfter(hand)
    return {
      method: 'PATCH',
      path: `/${version}/${version === 'v1' ? 'project-milestone-tasks' : 'project-task-templates'}/${id}`,
      body: { dueDate: new Date(dueDate).toISOString() },
      thing: templateThing(id),
      value: templateValue(dueDate, 0),
    }
  }

const addTask =
  (version: 'v1' | 'v2'): WriteKind =>
  (hand) => {
    const { milestoneId, taskTypeId } = hand.section
    const name = `${TASK_MARK}${mark(hand)}`
    const place = version === 'v1' ? { milestoneId } : { taskTypeId, sectionId: milestoneId }
    return {
      method: 'POST',
      path: `/${version}/tasks`,
      body: { ...place, name, sequence: hand.turn },
      thing: taskThing(name),
      value: present,
      onAcknowledged: ({ id }) => void hand.tasks.push({ id, name }),
    }
  }

const deleteTask =
  (version: 'v1' | 'v2'): WriteKind =>
  (hand) => {
    const task = hand.tasks.shift()
    if (task === undefined) return undefined
    return {
      method: 'DELETE',
      path: `/${version}/tasks/${task.id}`,
      thing: taskThing(task.name),
      value: absent,
    }
  }

/** One write of many rows: the assignment and an instance for each template of the project. */
const assign =
  (version: 'v1' | 'v2'): WriteKind =>
  (hand) => {
    const { supplierId, projectId, templates } = hand.unassigned.shift() ?? {}
    if (supplierId === undefined || projectId === undefined) return undefined
    return {
      method: 'POST',
      ...(version === 'v1'
        ? { path: '/v1/supplier-project-instances', body: { supplierId, projectId } }
        : { path: `/v2/suppliers/${supplierId}/projects/${projectId}/assign` }),
      thing: assignmentThing(supplierId, projectId),
      value: assignmentValue(templates ?? 0),
    }
  }

/** What the service must refuse: nothing of it may be there. */
const refusedChange =
  (status: string, refusedWith: number, headers: Record<string, string>): WriteKind =>
  (hand) => {
    const id = pick(hand.instances, hand.turn)
    if (id === undefined) return undefined
    return {
      method: 'PATCH',
      path: `/v1/supplier-task-instances/${id}`,
      headers,
      body: { status, notes: mark(hand) },
      thing: instanceThing(id),
      value: instanceValue(status, mark(hand)),
      refusedWith,
    }
  }

const wrongChange = refusedChange('almost done', 422, {})
/** Refused after its transaction has begun. */
const staleChange = refusedChange('blocked', 412, { 'if-match': '"stale"' })

export const v1Writes: readonly WriteKind[] = [
  changeInstance('v1'),
  moveDueDate('v1'),
  changeInstance('v1'),
  addTask('v1'),
  staleChange,
  changeInstance('v1'),
  deleteTask('v1'),
  assign('v1'),
  wrongChange,
]

const v2Writes: readonly WriteKind[] = [
  changeInstance('v2'),
  moveDueDate('v2'),
  addTask('v2'),
  changeInstance('v2'),
  deleteTask('v2'),
  assign('v2'),
]

/** What clients send besides, once v2 is cut over to. */
export const writesAfterCutover: readonly WriteKind[] = v2Writes
