// A day of a front end's work, with types that openapi-typescript makes of openapi/v2.json; see README.md.
import createClient from 'openapi-fetch'
import type { paths } from './v2.js'

/** What an answer has; a refusal is thrown as the sentence that it says. */
async function got<Data>(answer: Promise<{ data?: Data; error?: { detail: string } }>) {
  const { data, error } = await answer
  if (error !== undefined) throw new Error(error.detail)
  return data as NonNullable<Data>
}

export async function workingDay(baseUrl: string, token = 'none is asked for on a loopback address') {
  const api = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })

  // A task type: a section, a task in it, and two sub-tasks.
  const type = { name: 'Part Approval', category: 'Quality' }
  const { id: taskTypeId } = await got(api.POST('/v2/task-types', { body: type }))
  const inType = { path: { id: taskTypeId } }
  const article = { name: 'First Article' }
  const section = await got(api.POST('/v2/task-types/{id}/sections', { params: inType, body: article }))
  const addTask = (body: { name: string; sectionId?: string; parentTaskId?: string }) =>
    got(api.POST('/v2/tasks', { body: { taskTypeId, ...body } }))
  const gage = await addTask({ name: 'Gage R&R', sectionId: section.id })
  const measure = await addTask({ name: 'Measure 25 parts', parentTaskId: gage.id })
  const sign = await addTask({ name: 'Sign the report', parentTaskId: gage.id })

  // A project gets it, and three suppliers get the project.
  const project = await got(api.POST('/v2/projects', { body: { name: 'Falcon' } }))
  const dueDates = [gage, measure, sign].map(({ id }) => ({ taskId: id, dueDate: '2026-04-01' }))
  const ofProject = { path: { id: project.id } }
  await got(api.POST('/v2/projects/{id}/task-types', { params: ofProject, body: { taskTypeId, dueDates } }))
  for (const name of ['Acme', 'Bolts & Co', 'Castings']) {
    const supplier = await got(api.POST('/v2/suppliers', { body: { name } }))
    const path = { supplierId: supplier.id, projectId: project.id }
    await got(api.POST('/v2/suppliers/{supplierId}/projects/{projectId}/assign', { params: { path } }))
  }

  // Acme agrees on a date of its own; then everybody else's slips.
  const owed = await got(
    api.GET('/v2/supplier-task-instances', {
      params: { query: { taskId: measure.id, sort: 'supplierName' } },
    }),
  )
  const [acme, bolts, castings] = owed.items
  if (acme === undefined || bolts === undefined || castings === undefined) throw new Error('Who has what?')
  type Change =
    paths['/v2/supplier-task-instances/{id}']['patch']['requestBody']['content']['application/json']
  const change = ({ id }: { id: string }, body: Change) =>
    got(api.PATCH('/v2/supplier-task-instances/{id}', { params: { path: { id } }, body }))
  await change(acme, { actualDueDate: '2026-04-15' })
  const path = { id: acme.projectTaskTemplateId }
  const slip = { params: { path }, body: { dueDate: '2026-04-08' } }
  const { propagation } = await got(api.PATCH('/v2/project-task-templates/{id}', slip))

  // Acme submits its report, Bolts & Co stand still for an hour, and Castings are done.
  const file = await got(
    api.PUT('/v2/supplier-task-instances/{id}/files/{fileName}', {
      params: { path: { id: acme.id, fileName: 'Report 1.pdf' } },
      headers: { 'content-type': 'application/pdf' },
      body: new Blob(['%PDF-1.7 25 parts']),
      bodySerializer: (bytes) => bytes as Blob,
    }),
  )
  const blocked = await change(bolts, { status: 'blocked', blockedReason: 'The gage is in repair' })
  const unblocked = await change(bolts, { status: 'in_progress' })
  const completed = await change(castings, { status: 'completed' })

  const csv = await got(api.GET('/v2/exports/supplier-task-instances.csv', { parseAs: 'text' }))
  const dashboard = await got(api.GET('/v2/dashboard', { params: { query: { asOf: '2026-04-10' } } }))
  return { propagation, file, blocked, unblocked, completed, csv, totals: dashboard.totals }
}
