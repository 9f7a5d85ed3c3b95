import { sql, type Kysely, type RawBuilder } from 'kysely'
import { dashboardCounts, type DashboardCountRow, type DashboardCounts } from '../../kernel/dashboard.js'
import { instanceStatuses } from '../../kernel/instance-status.js'

/** The applied instances of a schema, as a dashboard sees them: SQL over the columns of one of them. */
export interface CountedInstances {
  /** Theirs, or a join that has a template's columns as well. */
  table: RawBuilder<unknown>
  isApplied: RawBuilder<unknown>
  isOverdue: RawBuilder<unknown>
  isDueNext7Days: RawBuilder<unknown>
  assignment: string
  /** The table with a supplier and a project for each assignment. */
  assignments: string
  /** What templates belong to, milestones or sections; without it, nothing is counted by part. */
  parts?: { template: string; templates: string; column: string; table: string }
}

export interface ScopeCounts extends DashboardCountRow {
  scope: 'all' | 'supplier' | 'project' | 'part'
  id: string | null
}

const sums = sql.join(
  ['instances', ...instanceStatuses, 'overdue', 'dueNext7Days'].map(
    (column) => sql`sum(counted.${sql.ref(column)}) as ${sql.ref(column)}`,
  ),
)

/**
 * Counts of everything, and by supplier, project and part; a scope without instances has no row.
 *
 * One scan of the instances, whatever it is counted by: they are counted by assignment and part first.
 */
export async function countInstances<Schema>(
  db: Kysely<Schema>,
  counted: CountedInstances,
): Promise<ScopeCounts[]> {
  const { assignments, parts } = counted
  const ofAssignments = sql`counted join ${sql.table(assignments)} as assignment on assignment.id = counted.assignment`
  const ofParts =
    parts &&
    sql`union all select 'part', part.id, ${sums}
      from counted join ${sql.table(parts.table)} as part on part.rowid = counted.part group by part.rowid`
  const query = sql<ScopeCounts>`
    with counted as materialized (${countByAssignmentAndPart(counted)})
    select 'all' as scope, null as id, ${sums} from counted group by 1
    union all select 'supplier', supplierId, ${sums} from ${ofAssignments} group by supplierId
    union all select 'project', projectId, ${sums} from ${ofAssignments} group by projectId
    ${ofParts ?? sql``}`
  return (await query.execute(db)).rows
}

/**
 * What is sorted into groups takes the time: so a part is the number of its row, and status and dueness are
 * one number, worked out once; `limit -1` keeps SQLite from working it out again for every sum.
 */
const countByAssignmentAndPart = ({ table, assignment, parts, ...instance }: CountedInstances) => sql`
  select assignment, part, count(*) as instances, ${sql.join(
    instanceStatuses.map((status, index) => sql`sum(kind / 3 = ${sql.lit(index)}) as ${sql.ref(status)}`),
  )}, sum(kind % 3 = 1) as overdue, sum(kind % 3 = 2) as dueNext7Days
  from (
    select ${sql.ref(assignment)} as assignment, ${parts ? sql`template.part` : sql`null`} as part,
      ${kindOf(instance)} as kind
    from ${table} ${parts ? joinParts(parts) : sql``} where ${instance.isApplied} limit -1
  ) group by assignment, part`

const joinParts = ({ template, templates, column, table }: NonNullable<CountedInstances['parts']>) => sql`
  left join (
    select one.id as templateId, part.rowid as part from ${sql.table(templates)} as one
    join ${sql.table(table)} as part on part.id = one.${sql.ref(column)} limit -1
  ) as template on template.templateId = ${sql.ref(template)}`

/** No instance is both overdue and due. */
const kindOf = ({ isOverdue, isDueNext7Days }: Pick<CountedInstances, 'isOverdue' | 'isDueNext7Days'>) => sql`
  case status ${sql.join(
    instanceStatuses.map((one, index) => sql`when ${sql.lit(one)} then ${sql.lit(3 * index)}`),
    sql` `,
  )} else ${sql.lit(3 * instanceStatuses.length)} end
  + case when ${isOverdue} then 1 when ${isDueNext7Days} then 2 else 0 end`

/** Looks counts up; zeros for a scope without instances. */
export function countsIn(rows: readonly ScopeCounts[]) {
  const known = new Map(rows.map((row) => [`${row.scope} ${row.id}`, row]))
  return (scope: ScopeCounts['scope'], id: string | null): DashboardCounts => {
    const counts = known.get(`${scope} ${id}`)
    return dashboardCounts(counts === undefined ? [] : [counts])
  }
}
