import { Type, type Static } from '@sinclair/typebox'
import type { Handle } from '../../db/database.js'
import { Body, Line } from '../../http/schemas.js'
import { foldedCode } from './mapping/sections.js'

/** A milestone with this code, in that task type or category where one is given, gets this section name. */
export const SectionNameRule = Body({
  taskType: Type.Optional(Line({ description: 'name of the task type' })),
  category: Type.Optional(Line({ description: 'category of the task type' })),
  code: Line({ description: 'case, hyphens, spaces and underscores do not matter' }),
  name: Line(),
})

export const NamingOptions = {
  sectionNames: Type.Optional(
    Type.Array(SectionNameRule, {
      maxItems: 500,
      description: 'section names by code: [{taskType?, category?, code, name}]',
    }),
  ),
  builtInSectionNames: Type.Boolean({ default: true, description: 'the section names that are built in' }),
}

export type NamingOptions = Static<ReturnType<typeof Type.Object<typeof NamingOptions>>>

const builtIn: readonly Static<typeof SectionNameRule>[] = [
  { code: 'PA2', name: 'First Article' },
  { code: 'PA3', name: 'Production Trial' },
  { code: 'NMR1', name: 'Documentation' },
  { code: 'NMR2', name: 'Testing' },
]

/** Fills `section_name_rules`, in whichever schema of the connection it stands. */
export function insertNameRules(handle: Handle, options: NamingOptions): void {
  const insert = handle.prepare(
    `INSERT INTO section_name_rules (taskType, category, code, name, origin)
     SELECT ?, ?, ${foldedCode('given.code')}, ?, ? FROM (SELECT ? AS code) given`,
  )
  const add = (rules: readonly Static<typeof SectionNameRule>[], origin: string) => {
    for (const { taskType, category, code, name } of rules)
      insert.run(taskType ?? null, category ?? null, name, origin, code)
  }
  add(options.sectionNames ?? [], 'operator')
  if (options.builtInSectionNames) add(builtIn, 'built-in')
}
