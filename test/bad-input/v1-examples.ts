import type { App } from '../../src/http/type-provider.js'
import { DUE, example, firstInstance, maker, shared, type Examples } from './examples.js'

/** Makes the rows that the examples are about. */
export async function v1Examples(app: App): Promise<Examples> {
  const make = maker(app, 'v1')
  const supplier = await make('suppliers', { name: 'one' })
  const otherSupplier = await make('suppliers', { name: 'other' })
  const project = await make('projects', { name: 'one' })
  const taskType = await make('task-types', { name: 'one', category: 'General' })
  const milestone = await make('milestones', { taskTypeId: taskType, code: 'PA1', name: 'one', sequence: 1 })
  const task = await make('tasks', { milestoneId: milestone, name: 'one', sequence: 1 })
  const otherTask = await make('tasks', { milestoneId: milestone, name: 'other', sequence: 2 })
  const assignment = await make('supplier-project-instances', { supplierId: supplier, projectId: project })
  const place = { projectId: project, milestoneId: milestone }
  const template = await make('project-milestone-tasks', { ...place, taskId: task, dueDate: DUE })
  const instance = await firstInstance(app, 'v1')
  const freeTask = await make('tasks', { milestoneId: milestone, name: 'free', sequence: 3 })
  const free = await make('project-milestone-tasks', {
    ...place,
    taskId: freeTask,
    dueDate: DUE,
    isActive: false,
  })

  const milestoneFields = {
    code: 'PA2',
    name: 'First article',
    description: 'of it',
    sequence: 2,
    isRequired: false,
  }
  const taskFields = { name: 'Gage', description: 'of it', sequence: 3, isRequired: false }
  const templateFields = { dueDate: DUE, isActive: true, notes: 'by mail', responsibleParties: 'Ann' }
  const instanceFields = {
    status: 'completed',
    dueDate: DUE,
    actualDueDate: DUE,
    isApplied: true,
    completedAt: DUE,
    notes: 'by mail',
    submissionFiles: [{ fileName: 'a.pdf' }],
  }
  return {
    ...shared('v1', { supplier, project, taskType }),
    'POST /v1/milestones': [example({ taskTypeId: taskType, ...milestoneFields })],
    'PATCH /v1/milestones/:id': [
      example({ taskTypeId: taskType, ...milestoneFields, code: 'PA3' }, { id: milestone }),
    ],
    'POST /v1/tasks': [example({ milestoneId: milestone, ...taskFields })],
    'PATCH /v1/tasks/:id': [example({ milestoneId: milestone, ...taskFields, name: 'Gage 2' }, { id: task })],
    'POST /v1/project-milestone-tasks': [example({ ...place, taskId: otherTask, ...templateFields })],
    'PATCH /v1/project-milestone-tasks/:id': [example(templateFields, { id: template })],
    'POST /v1/projects/:id/shift-dates': [
      example({ days: 1, taskTypeId: taskType, milestoneId: milestone, scope: 'project' }, { id: project }),
      example({ days: 1, dryRun: false }, { id: project }),
    ],
    'POST /v1/supplier-project-instances': [example({ supplierId: otherSupplier, projectId: project })],
    'PATCH /v1/supplier-project-instances/:id': [example({ status: 'on hold' }, { id: assignment })],
    'PATCH /v1/supplier-task-instances/:id': [example(instanceFields, { id: instance })],
    'POST /v1/supplier-task-instances': [
      example({ supplierProjectInstanceId: assignment, projectMilestoneTaskId: free, ...instanceFields }),
    ],
  }
}
