/** What both versions have. */
export const sharedTags = {
  Suppliers: 'Companies that deliver parts, and have tasks to do for them.',
  Projects: 'What suppliers work on, with the due dates of its tasks.',
  TaskTypes: 'The catalogue of work, such as "Part Approval".',
  Tasks: 'The single steps of a task type.',
  SupplierProjectInstances: 'Assignments: a supplier works on a project.',
  SupplierTaskInstances: 'One task of a project for one supplier: its status, due date and files.',
  Dashboard: 'How many tasks are open, overdue and completed.',
}

/** The tags of /v2, each with what its operations are about. */
export const v2Tags = {
  ...sharedTags,
  Sections: 'The parts of a task type, in order.',
  ProjectTaskTemplates: 'The tasks of a project, each with the due date that its suppliers are given.',
  SubmissionFiles: 'What suppliers hand in for a task.',
  Reports: 'How punctual suppliers are, and what is overdue.',
  Exports: 'Tables as CSV.',
}
