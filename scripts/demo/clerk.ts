import { instanceStatuses } from '../../src/kernel/instance-status.js'
import { DAY_MS } from '../../src/kernel/due-date.js'
import type { AcknowledgedWrites } from './acknowledged-writes.js'
import type { Json } from './api-client.js'
import type { Catalogue } from './catalogue.js'

/** One client at work. Nobody else changes its instances, templates and unassigned pairs. */
export interface Clerk extends Catalogue {
  number: number
  turn: number
  /** The answer's body; undefined when the request failed, which is on record then. */
  send: (method: string, path: string, body?: Json) => Promise<Json | undefined>
  log: AcknowledgedWrites
}

type Act = (clerk: Clerk) => Promise<void>

const pick = <Item>(items: readonly Item[], turn: number): Item | undefined => items[turn % items.length]

const instancePath = '/v1/supplier-task-instances'
const templatePath = '/v1/project-milestone-tasks'

const read =
  (path: (clerk: Clerk) => string): Act =>
  async (clerk) => {
    await clerk.send('GET', path(clerk))
  }

const readDashboard = read(() => '/v1/dashboard')
const readOverdue = read(() => `${instancePath}?overdue=true&limit=20`)
const readBlocked = read(() => `${instancePath}?status=blocked&limit=20`)
const readInstance = read(({ instances, turn }) => `${instancePath}/${pick(instances, turn)}`)

const change =
  (changes: (clerk: Clerk) => Json): Act =>
  async (clerk) => {
    const id = pick(clerk.instances, clerk.turn)
    const answer = await clerk.send('PATCH', `${instancePath}/${id}`, changes(clerk))
    if (answer !== undefined) clerk.log.wrote('instance', answer)
  }

const setStatus = change(({ turn }) => ({ status: pick(instanceStatuses, turn) }))
const takeNotes = change(({ number, turn }) => ({
  notes: `Clerk ${number}, turn ${turn}: "seen" ✓ – 検査済`,
}))
const agreeOnDate = change(({ turn }) => ({ actualDueDate: turn % 3 === 0 ? null : dayAfter(turn) }))
const submitFile = change(({ turn }) => ({
  submissionFiles: [{ name: `report-${turn}.pdf`, size: turn * 1000 }],
}))

const dayAfter = (days: number) => new Date(Date.now() + (days % 60) * DAY_MS).toISOString()

/** Its instances follow, but for overrides and completed ones. */
const moveDueDate: Act = async ({ templates, turn, send, log }) => {
  const dueDate = dayAfter(turn)
  const answer = await send('PATCH', `${templatePath}/${pick(templates, turn)}`, { dueDate })
  if (answer !== undefined) log.wrote('template', answer)
}

/** A new task on a project, and with it an instance for each of its suppliers. */
const addTask: Act = async ({ number, turn, milestones, projects, templates, send, log }) => {
  const milestoneId = pick(milestones, turn)
  const task = { milestoneId, name: `Extra check ${number}-${turn}`, sequence: 1000 + turn }
  const added = await send('POST', '/v1/tasks', task)
  if (added === undefined) return
  log.wrote('task', added)
  const planned = { projectId: pick(projects, turn), milestoneId, taskId: added.id, dueDate: dayAfter(turn) }
  const answer = await send('POST', templatePath, planned)
  if (answer === undefined) return
  log.wrote('template', answer)
  templates.push(String(answer.id))
}

const assign: Act = async ({ unassigned, send, log }) => {
  const pair = unassigned.pop()
  if (pair === undefined) return
  const answer = await send('POST', '/v1/supplier-project-instances', { ...pair })
  if (answer !== undefined) log.wrote('assignment', answer)
}

const deleteInstance: Act = async ({ instances, send, log }) => {
  const id = instances.length > 1 ? instances.pop() : undefined
  if (id === undefined) return
  if ((await send('DELETE', `${instancePath}/${id}`)) !== undefined) log.deleted('instance', id)
}

/** What a clerk does, over and over. Their number is prime, so that every act meets every value in time. */
export const round: readonly Act[] = [
  readOverdue,
  setStatus,
  readInstance,
  takeNotes,
  readBlocked,
  agreeOnDate,
  readInstance,
  moveDueDate,
  readOverdue,
  submitFile,
  readInstance,
  setStatus,
  readDashboard,
  takeNotes,
  readInstance,
  addTask,
  setStatus,
  assign,
  deleteInstance,
]
