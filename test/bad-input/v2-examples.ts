import type { App } from '../../src/http/type-provider.js'
import { DUE, example, firstInstance, maker, shared, type Examples, type Make } from './examples.js'

/** Of which nobody has an instance: it is not active. */
async function freeTemplate(make: Make, projectId: string, name: string): Promise<string> {
  const taskTypeId = await make('task-types', { name, category: 'General' })
  const taskId = await make('tasks', { taskTypeId, name })
  return make('project-task-templates', { projectId, taskId, dueDate: DUE, isActive: false })
}

/** Makes the rows that the examples are about. */
export async function v2Examples(app: App): Promise<Examples> {
  const make = maker(app, 'v2')
  const supplier = await make('suppliers', { name: 'one' })
  const otherSupplier = await make('suppliers', { name: 'other' })
  const project = await make('projects', { name: 'one' })
  const otherProject = await make('projects', { name: 'other' })
  const taskType = await make('task-types', { name: 'one', category: 'General' })
  const section = await make('task-type-sections', { taskTypeId: taskType, name: 'one' })
  const otherSection = await make('task-type-sections', { taskTypeId: taskType, name: 'other' })
  const inSection = { taskTypeId: taskType, sectionId: section }
  const task = await make('tasks', { ...inSection, name: 'one' })
  const subTask = await make('tasks', { taskTypeId: taskType, parentTaskId: task, name: 'sub' })
  const loose = await make('tasks', { taskTypeId: taskType, name: 'loose' })
  const assignment = await make('supplier-project-instances', { supplierId: supplier, projectId: project })
  const template = await make('project-task-templates', { projectId: project, taskId: task, dueDate: DUE })
  const instance = await firstInstance(app, 'v2')
  const free = [await freeTemplate(make, project, 'a'), await freeTemplate(make, project, 'b')] as const

  const sectionFields = {
    code: 'PA2',
    name: 'First article',
    description: 'of it',
    sequence: 2,
    isRequired: false,
  }
  const taskFields = {
    name: 'Gage',
    description: 'of it',
    sequence: 3,
    defaultOwner: 'Ann',
    defaultNotes: 'by mail',
    isRequired: false,
  }
  const templateFields = { dueDate: DUE, owner: 'Ann', notes: 'by mail', isActive: true }
  const anchored = { anchor: 'project_start', offsetDays: 1 }
  const instanceFields = {
    dueDate: DUE,
    actualDueDate: DUE,
    owner: 'Ann',
    notes: 'by mail',
    isApplied: true,
    submissionFiles: [{ fileName: 'a.pdf' }],
  }
  const completed = { ...instanceFields, status: 'completed', completedAt: DUE }
  const blocked = { ...instanceFields, status: 'blocked', blockedReason: 'no steel' }
  return {
    // Before anything is added: these have to name everything that there is.
    'PUT /v2/task-types/:id/sections/order': [example({ ids: [otherSection, section] }, { id: taskType })],
    'PUT /v2/task-types/:id/sections/:sectionId/tasks/order': [
      example({ ids: [task] }, { id: taskType, sectionId: section }),
    ],
    'PUT /v2/task-types/:id/tasks/order': [example({ ids: [loose] }, { id: taskType })],
    'PUT /v2/tasks/:id/sub-tasks/order': [example({ ids: [subTask] }, { id: task })],
    'POST /v2/projects/:id/task-types': [
      example(
        {
          taskTypeId: taskType,
          dueDates: [{ taskId: task, dueDate: DUE }],
          anchorDate: DUE,
          milestoneDates: [{ sectionId: section, date: DUE }],
          anchor: 'milestone_date',
          offsets: [
            { taskId: loose, offsetDays: 1 },
            { taskId: subTask, offsetDays: 1, anchor: 'relative_to_task' },
          ],
        },
        { id: otherProject },
      ),
    ],
    ...shared('v2', { supplier, project, taskType }),
    'POST /v2/task-type-sections': [example({ taskTypeId: taskType, ...sectionFields })],
    'PATCH /v2/task-type-sections/:id': [example({ ...sectionFields, name: 'Second' }, { id: section })],
    'POST /v2/task-types/:id/sections': [example({ ...sectionFields, name: 'Third' }, { id: taskType })],
    'POST /v2/tasks': [
      example({ ...inSection, ...taskFields }),
      example({ taskTypeId: taskType, parentTaskId: task, ...taskFields }),
    ],
    'PATCH /v2/tasks/:id': [
      example({ sectionId: section, ...taskFields, name: 'Gage 2' }, { id: task }),
      example({ parentTaskId: task, name: 'Gage 3' }, { id: subTask }),
    ],
    'POST /v2/project-task-templates': [
      example({ projectId: project, taskId: loose, ...templateFields, ...anchored }),
    ],
    'PATCH /v2/project-task-templates/:id': [
      example(
        { ...templateFields, ...anchored, scope: 'all-projects-using-type', dryRun: false },
        { id: template },
      ),
    ],
    'PATCH /v2/projects/:id/task-types/:taskTypeId': [
      example({ isActive: false }, { id: project, taskTypeId: taskType }),
    ],
    'POST /v2/projects/:id/shift-dates': [
      example({ days: 1, taskTypeId: taskType, sectionId: section, scope: 'project' }, { id: project }),
      example({ days: 1, dryRun: false }, { id: project }),
    ],
    'POST /v2/projects/:id/move-anchor': [
      example({ anchor: 'project_start', sectionId: section, days: 1, dryRun: false }, { id: project }),
      example({ anchor: 'milestone_date', taskTypeId: taskType, from: DUE, to: DUE }, { id: project }),
    ],
    'POST /v2/supplier-project-instances': [example({ supplierId: otherSupplier, projectId: project })],
    'PATCH /v2/supplier-project-instances/:id': [example({ status: 'on hold' }, { id: assignment })],
    'PATCH /v2/supplier-task-instances/:id': [
      example(completed, { id: instance }),
      example(blocked, { id: instance }),
    ],
    'POST /v2/supplier-task-instances/bulk-update': [
      example({ ids: [instance], changes: completed }),
      example({ ids: [instance], changes: blocked }),
    ],
    'POST /v2/supplier-task-instances': [
      example({ supplierProjectInstanceId: assignment, projectTaskTemplateId: free[0], ...completed }),
      example({ supplierProjectInstanceId: assignment, projectTaskTemplateId: free[1], ...blocked }),
    ],
  }
}
