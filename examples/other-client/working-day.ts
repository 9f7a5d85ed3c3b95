// The same day as in ../client, with the functions that @hey-api/openapi-ts makes of openapi/v2.json.
import * as api from './api/index.js'
import { createClient } from './api/client/index.js'

/** What an answer has, as none was asked for without; a refusal is thrown as the sentence that it says. */
async function got<Data>(answer: Promise<{ data?: Data; error?: { detail: string } }>) {
  const { data, error } = await answer
  if (error !== undefined) throw new Error(error.detail)
  return data as Exclude<NonNullable<Data>, void>
}

export async function workingDay(baseUrl: string, token = 'none is asked for on a loopback address') {
  const client = createClient({ baseUrl, auth: token })

  const type = { name: 'Part Approval', category: 'Quality' }
  const { id: taskTypeId } = await got(api.createTaskType({ client, body: type }))
  const inType = { client, path: { id: taskTypeId } }
  const section = await got(api.createSectionOfTaskType({ ...inType, body: { name: 'First Article' } }))
  const addTask = (body: { name: string; sectionId?: string; parentTaskId?: string }) =>
    got(api.createTask({ client, body: { taskTypeId, ...body } }))
  const gage = await addTask({ name: 'Gage R&R', sectionId: section.id })
  const measure = await addTask({ name: 'Measure 25 parts', parentTaskId: gage.id })
  const sign = await addTask({ name: 'Sign the report', parentTaskId: gage.id })

  const project = await got(api.createProject({ client, body: { name: 'Falcon' } }))
  const dueDates = [gage, measure, sign].map(({ id }) => ({ taskId: id, dueDate: '2026-04-01' }))
  await got(api.attachTaskType({ client, path: { id: project.id }, body: { taskTypeId, dueDates } }))
  for (const name of ['Acme', 'Bolts & Co', 'Castings']) {
    const supplier = await got(api.createSupplier({ client, body: { name } }))
    await got(api.assignSupplier({ client, path: { supplierId: supplier.id, projectId: project.id } }))
  }

  const query = { taskId: measure.id, sort: 'supplierName' } as const
  const owed = await got(api.listSupplierTaskInstances({ client, query }))
  const [acme, bolts, castings] = owed.items
  if (acme === undefined || bolts === undefined || castings === undefined) throw new Error('Who has what?')
  const change = ({ id }: { id: string }, body: api.UpdateSupplierTaskInstanceData['body']) =>
    got(api.updateSupplierTaskInstance({ client, path: { id }, body }))
  await change(acme, { actualDueDate: '2026-04-15' })
  const template = { client, path: { id: acme.projectTaskTemplateId } }
  const { propagation } = await got(
    api.updateProjectTaskTemplate({ ...template, body: { dueDate: '2026-04-08' } }),
  )

  const file = await got(
    api.uploadSubmissionFile({
      client,
      path: { id: acme.id, fileName: 'Report 1.pdf' },
      headers: { 'content-type': 'application/pdf' },
      body: new Blob(['%PDF-1.7 25 parts']),
    }),
  )
  const blocked = await change(bolts, { status: 'blocked', blockedReason: 'The gage is in repair' })
  const unblocked = await change(bolts, { status: 'in_progress' })
  const completed = await change(castings, { status: 'completed' })

  const csv = await got(api.exportSupplierTaskInstances({ client, parseAs: 'text' }))
  const dashboard = await got(api.getDashboard({ client, query: { asOf: '2026-04-10' } }))
  return { propagation, file, blocked, unblocked, completed, csv, totals: dashboard.totals }
}
