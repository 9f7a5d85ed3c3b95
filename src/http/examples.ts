/** What the examples of the documents speak of: a thing has the same id in all of them. */
export const ids = {
  supplier: '0195a1b0-0001-7000-8000-000000000001',
  project: '0195a1b0-0002-7000-8000-000000000001',
  taskType: '0195a1b0-0003-7000-8000-000000000001',
  section: '0195a1b0-0004-7000-8000-000000000001',
  task: '0195a1b0-0005-7000-8000-000000000001',
  subTask: '0195a1b0-0005-7000-8000-000000000002',
  projectTaskType: '0195a1b0-0006-7000-8000-000000000001',
  template: '0195a1b0-0007-7000-8000-000000000001',
  assignment: '0195a1b0-0008-7000-8000-000000000001',
  instance: '0195a1b0-0009-7000-8000-000000000001',
  job: '0195a1b0-000a-7000-8000-000000000001',
  quarantined: '0195a1b0-000b-7000-8000-000000000001',
  request: 'f3b0c442-98fc-4c14-9afb-f4c8996fb924',
}

/** When the examples were made, and when their task is due. */
export const MADE = '2026-02-02T08:30:00.000Z'
export const DUE = '2026-03-02T00:00:00.000Z'

export const times = { createdAt: MADE, updatedAt: MADE }
