import { sql, type Kysely } from 'kysely'
import { instanceStatuses } from '../../kernel/instance-status.js'
import { invalidInput, type InputError } from '../../kernel/problem.js'
import { foldedCode } from './mapping/sections.js'
import type { NamingOptions } from './section-name-rules.js'
import type { MigrationState } from '../../migration/state.js'
import { statusByRules, type StatusMap } from './status-rules.js'

type Rule = NonNullable<NamingOptions['sectionNames']>[number]

/**
 * Refuses rules that cannot be meant: for what the file does not have, or two for the same. They would
 * change nothing, without a word.
 *
 * @throws Problem `invalid-input`
 */
export async function requireKnownNames(
  db: Kysely<unknown>,
  { sectionNames = [], statusMap = {} }: Pick<NamingOptions, 'sectionNames'> & { statusMap?: StatusMap },
  { stage }: Pick<MigrationState, 'stage'>,
): Promise<void> {
  const errors = [
    ...(await ruleErrors(db, sectionNames)),
    ...statusErrors(statusMap),
    ...(stage === 'v1' ? [] : await settledStatuses(db, statusMap)),
  ]
  if (errors.length > 0) throw invalidInput(errors)
}

async function ruleErrors(db: Kysely<unknown>, rules: readonly Rule[]): Promise<InputError[]> {
  const first = new Map<string, number>()
  const errors: InputError[] = []
  for (const [index, rule] of rules.entries()) {
    const found = await lookUp(db, rule)
    const scope = JSON.stringify([rule.taskType, rule.category, found.code])
    const at = `/options/sectionNames/${index}`
    const before = first.get(scope)
    if (before !== undefined)
      errors.push({ path: `${at}/code`, message: `has a rule already, number ${before}` })
    else if (found.taskTypes === 0)
      errors.push({ path: `${at}/${scopeField(rule)}`, message: 'is not there' })
    else if (found.milestones === 0)
      errors.push({ path: `${at}/code`, message: 'is no code of a milestone that the rule is for' })
    else first.set(scope, index)
  }
  return errors
}

const scopeField = ({ taskType, category }: Rule) =>
  taskType !== undefined ? 'taskType' : category !== undefined ? 'category' : 'code'

/** The code as the mapping reads it, how many task types a rule is for, and how many of their milestones have the code. */
async function lookUp(db: Kysely<unknown>, { taskType, category, code }: Rule) {
  const isFor = sql`(${taskType ?? null} is null or t.name = ${taskType ?? null})
    and (${category ?? null} is null or t.category = ${category ?? null})`
  const folded = sql.raw(foldedCode('given.code'))
  const { rows } = await sql<{ code: string; taskTypes: number; milestones: number }>`
    select ${folded} as code,
      (select count(*) from task_types t where ${isFor}) as taskTypes,
      (select count(*) from milestones m join task_types t on t.id = m.taskTypeId
        where ${isFor} and ${sql.raw(foldedCode('m.code'))} = ${folded}) as milestones
    from (select ${code} as code) given`.execute(db)
  return rows[0] ?? { code, taskTypes: 0, milestones: 0 }
}

/** What a status has become once it stays: rows of v2 have it. */
async function settledStatuses(db: Kysely<unknown>, map: StatusMap): Promise<InputError[]> {
  const errors: InputError[] = []
  for (const [stored, status] of Object.entries(map)) {
    const { rows } = await sql<{ becomes: string | null }>`
      select ${sql.raw(statusByRules('given.status'))} as becomes from (select ${stored} as status) given`.execute(
      db,
    )
    const becomes = rows[0]?.becomes ?? null
    if (becomes !== null && becomes !== status && !instanceStatuses.some((known) => known === stored))
      errors.push({
        path: `/options/statusMap/${stored}`,
        message: `has become ${becomes} in an earlier run`,
      })
  }
  return errors
}

const statusErrors = (map: StatusMap): InputError[] =>
  Object.keys(map)
    .filter((status) => instanceStatuses.some((known) => known === status))
    .map((status) => ({
      path: `/options/statusMap/${status}`,
      message: 'is a status of v2 already, and stays what it is',
    }))
