import type { DirtKind, Example, Sort } from './dirt-kind.js'
import type { Ground, Table } from './ground.js'

const examples = (sort: Sort, ...ids: string[]): Example[] => ids.map((id) => ({ ...sort, id }))

const misfiledSort = {
  code: 'misfiled-template',
  table: 'project_milestone_tasks',
  column: 'milestoneId',
} as const
const sameType: Sort = { ...misfiledSort, subcase: 'same-type' }
const otherType: Sort = { ...misfiledSort, subcase: 'other-type' }

/** Two milestones of one task type. */
function twoMilestones({ row }: Ground, ...values: readonly Record<string, string>[]): [string, string] {
  const taskTypeId = row('task_types')
  return [row('milestones', { taskTypeId, ...values[0] }), row('milestones', { taskTypeId, ...values[1] })]
}

const misfiledSameType: DirtKind = {
  ...sameType,
  make: (ground) => {
    const [home, milestoneId] = twoMilestones(ground)
    const taskId = ground.row('tasks', { milestoneId: home })
    return examples(sameType, ground.row('project_milestone_tasks', { milestoneId, taskId }))
  },
}

const misfiledOtherType: DirtKind = {
  ...otherType,
  make: ({ row }) => {
    const milestoneId = row('milestones', { taskTypeId: row('task_types') })
    return examples(otherType, row('project_milestone_tasks', { milestoneId, taskId: row('tasks') }))
  },
}

const twiceSort: Sort = { code: 'task-twice', table: 'project_milestone_tasks', column: 'taskId' }

const twice: DirtKind = {
  ...twiceSort,
  make: (ground) => {
    const [home, astray] = twoMilestones(ground)
    const given = { projectId: ground.row('projects'), taskId: ground.row('tasks', { milestoneId: home }) }
    const own = ground.row('project_milestone_tasks', { ...given, milestoneId: home })
    const other = ground.row('project_milestone_tasks', { ...given, milestoneId: astray })
    return [...examples(twiceSort, own, other), ...examples(sameType, other)]
  },
}

const sectionSort: Sort = { code: 'duplicate-section-name', table: 'milestones', column: 'name' }

/** One own name twice; a rule’s name that is another’s own; one code in two spellings. */
const alike: readonly (readonly [Record<string, string>, Record<string, string>])[] = [
  [{ name: 'Review' }, { name: 'Review' }],
  [{ code: 'PA2' }, { name: 'First Article' }],
  [{ code: 'NMR-1' }, { code: 'nmr 1' }],
]

const duplicateSection: DirtKind = {
  ...sectionSort,
  make: (ground, number) =>
    examples(sectionSort, ...twoMilestones(ground, ...(alike[number % alike.length] ?? []))),
}

const nameSort: Sort = { code: 'same-task-name', table: 'tasks', column: 'name' }

const sameTaskName: DirtKind = {
  ...nameSort,
  make: (ground) => {
    const milestones = twoMilestones(ground)
    const ids = milestones.map((milestoneId) =>
      ground.row('tasks', { milestoneId, name: 'Dimensional Report' }),
    )
    return examples(nameSort, ...ids)
  },
}

const emptySort: Sort = { code: 'milestone-without-tasks', table: 'milestones' }

const empty: DirtKind = { ...emptySort, make: ({ bareMilestone }) => examples(emptySort, bareMilestone()) }

const pairSort: Sort = {
  code: 'legacy-duplicate',
  subcase: 'pair',
  table: 'supplier_projects_old',
  column: 'supplierId',
}

const samePair: DirtKind = {
  ...pairSort,
  make: ({ row }) => {
    const given = { supplierId: row('suppliers'), projectId: row('projects') }
    row('supplier_project_instances', given)
    return examples(pairSort, row('supplier_projects_old', given))
  },
}

const sameId = (legacy: Table, active: Table): DirtKind => {
  const sort: Sort = { code: 'legacy-duplicate', subcase: 'id', table: legacy, column: 'id' }
  return {
    ...sort,
    make: ({ row, change }) => {
      const id = row(active)
      change(legacy, row(legacy), { id })
      return examples(sort, id)
    },
  }
}

export const relationKinds: readonly DirtKind[] = [
  misfiledSameType,
  misfiledOtherType,
  twice,
  duplicateSection,
  sameTaskName,
  empty,
  samePair,
  sameId('supplier_projects_old', 'supplier_project_instances'),
  sameId('task_templates_old', 'project_milestone_tasks'),
  sameId('task_instances_old', 'supplier_task_instances'),
]
