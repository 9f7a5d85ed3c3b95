import BetterSqlite3 from 'better-sqlite3'
import { instanceStatuses } from '../../src/kernel/instance-status.js'
import { DAY_MS } from '../../src/kernel/due-date.js'

/** Ids to ask for, spread over the whole file: a client's requests do not meet the same pages again and again. */
export interface Sample {
  instances: string[]
  templates: string[]
  milestones: string[]
  suppliers: string[]
}

export interface PlannedRequest {
  kind: string
  method: string
  path: string
  body?: object
}

const SAMPLED = 5_000

export function sampleOf(path: string): Sample {
  const db = new BetterSqlite3(path, { readonly: true })
  const ids = (table: string) =>
    db
      .prepare(
        `SELECT id FROM ${table} WHERE rowid % max(1, (SELECT count(*) FROM ${table}) / ${SAMPLED}) = 0`,
      )
      .pluck()
      .all() as string[]
  try {
    return {
      instances: ids('supplier_task_instances'),
      templates: ids('project_milestone_tasks'),
      milestones: ids('milestones'),
      suppliers: ids('suppliers'),
    }
  } finally {
    db.close()
  }
}

/** Which kinds are reads and which writes; a dashboard is a computation, and is looked at by itself. */
export const READS = ['item', 'list']
export const WRITES = ['patch status', 'patch notes', 'patch due date', 'create task', 'delete task']
export const DASHBOARD = 'dashboard'

/** What a day's clients ask, in turns. `created` holds the tasks that may be deleted again. */
export function requestMix({ instances, templates, milestones, suppliers }: Sample, created: string[]) {
  const pick = (ids: readonly string[], turn: number) => ids[(turn * 7919) % ids.length] ?? ''
  const get = (kind: string, path: string): PlannedRequest => ({ kind, method: 'GET', path: `/v1${path}` })
  const item = (turn: number) => get('item', `/supplier-task-instances/${pick(instances, turn)}`)
  const list = (query: string) => get('list', `/supplier-task-instances?limit=20&${query}`)
  const ofSupplier = (turn: number) => list(`supplierId=${pick(suppliers, turn)}`)
  const overdue = () => list('overdue=true')
  const blocked = () => list('status=blocked')
  const patch = (kind: string, turn: number, body: object): PlannedRequest => ({
    kind,
    method: 'PATCH',
    path: `/v1/supplier-task-instances/${pick(instances, turn)}`,
    body,
  })
  const status = (turn: number) =>
    patch('patch status', turn, { status: instanceStatuses[turn % instanceStatuses.length] })
  const notes = (turn: number) => patch('patch notes', turn, { notes: `Seen in turn ${turn}` })
  const dueDate = (turn: number): PlannedRequest => ({
    kind: 'patch due date',
    method: 'PATCH',
    path: `/v1/project-milestone-tasks/${pick(templates, turn)}`,
    body: { dueDate: new Date(Date.now() + (turn % 60) * DAY_MS).toISOString() },
  })
  const createTask = (turn: number): PlannedRequest => ({
    kind: 'create task',
    method: 'POST',
    path: '/v1/tasks',
    body: { milestoneId: pick(milestones, turn), name: `Extra check ${turn}`, sequence: 1000 + turn },
  })
  const deleteTask = (turn: number): PlannedRequest => {
    const id = created.pop()
    return id === undefined ? notes(turn) : { kind: 'delete task', method: 'DELETE', path: `/v1/tasks/${id}` }
  }
  const reads = [item, ofSupplier, item, overdue, item, blocked, item, ofSupplier, item, item]
  const writes = [status, status, notes, status, createTask, status, status, notes, deleteTask, status]
  const inTurn = (acts: readonly ((turn: number) => PlannedRequest)[], turn: number) =>
    (acts[turn % acts.length] ?? item)(turn)
  return {
    read: (turn: number) => inTurn(reads, turn),
    // A due date of a project moves less often than the work on it.
    write: (turn: number) => (turn % 20 === 19 ? dueDate(turn) : inTurn(writes, turn)),
    dashboard: () => get(DASHBOARD, '/dashboard'),
  }
}
