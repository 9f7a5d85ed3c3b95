import t from 'tap'
import { generated, valueOf } from './generated.js'

const bareCode = (milestone: string) =>
  `upper(replace(replace(replace(${milestone}.code, '-', ''), '_', ''), ' ', ''))`
const pairOfOneType = `milestones a join milestones b on b.taskTypeId = a.taskTypeId and b.id > a.id`
const astray = `project_milestone_tasks p join tasks t on t.id = p.taskId and t.milestoneId <> p.milestoneId
  join milestones own on own.id = t.milestoneId join milestones at on at.id = p.milestoneId`
const worked = `exists (select 1 from supplier_task_instances i where i.projectMilestoneTaskId = p.id)`

/** Each is a FROM clause that must find rows. */
const cases: Record<string, string> = {
  'every category': `(select count(distinct category) as categories from task_types) where categories = 4`,
  'two codes of a type that differ only in spelling': `${pairOfOneType} where ${bareCode('a')} = ${bareCode('b')}`,
  'two milestones of a type with one name': `${pairOfOneType} where a.name = b.name`,
  'a milestone named as a rule names another': `milestones a join milestones b on b.taskTypeId = a.taskTypeId where a.name = 'First Article' and b.code = 'PA2'`,
  'a code with a rule under another category': `milestones m join task_types y on y.id = m.taskTypeId where m.code = 'PA2' and y.category = 'Production Readiness'`,
  'a code in lower case': `milestones where code = 'pa 2'`,
  'a milestone without tasks': `milestones m where not exists (select 1 from tasks where milestoneId = m.id)`,
  'one task name in two milestones of a type': `tasks x join milestones a on a.id = x.milestoneId
    join tasks y on y.name = x.name join milestones b on b.id = y.milestoneId
    where a.id <> b.id and a.taskTypeId = b.taskTypeId`,
  'a template under another milestone of its type': `${astray} where own.taskTypeId = at.taskTypeId and ${worked}`,
  'a template under a milestone of another type': `${astray} where own.taskTypeId <> at.taskTypeId and ${worked}`,
  'a template where its name is taken': `${astray} join tasks other on other.milestoneId = at.id
    and other.name = t.name where ${worked}`,
  'a task twice in a project': `project_milestone_tasks p join project_milestone_tasks q
    on q.projectId = p.projectId and q.taskId = p.taskId and q.milestoneId <> p.milestoneId where ${worked}`,
  'an inactive template': `project_milestone_tasks where isActive = 0`,
  'an inactive assignment': `supplier_project_instances where status = 'inactive'`,
  'an instance that kept the date of before': `supplier_task_instances i join project_milestone_tasks p
    on p.id = i.projectMilestoneTaskId where i.dueDate < p.dueDate - 86400000 * 13 and typeof(i.dueDate) = 'integer'
    and typeof(p.dueDate) = 'integer' and (i.status = 'completed' or i.actualDueDate is not null)`,
  'a supplier without number': `suppliers where supplierNumber is null`,
  'a supplier without assignment': `suppliers s where not exists (select 1 from supplier_project_instances where supplierId = s.id)`,
  'a legacy assignment of an assigned pair': `supplier_projects_old o join supplier_project_instances using (supplierId, projectId)`,
  'a legacy assignment of another pair': `supplier_projects_old o left join supplier_project_instances i
    using (supplierId, projectId) where i.id is null`,
  'a legacy due date that is no override': `task_instances_old i join task_templates_old p
    on p.id = i.taskTemplateId and p.canonicalDue = i.actualDue`,
}

t.test('a generated file of the default size and seed holds', async (t) => {
  const { db } = generated(t)
  for (const [title, from] of Object.entries(cases))
    t.ok(Number(valueOf(db, `select count(*) from ${from}`)) > 0, title)

  t.test('four to ten tasks in a milestone that has any', async (t) => {
    const perMilestone = db
      .prepare<[], number>('select count(*) from tasks group by milestoneId')
      .pluck()
      .all()
    t.ok(perMilestone.every((tasks) => tasks >= 4 && tasks <= 10))
  })
})
