type Json = Record<string, unknown>

/** Fields that are sent, or those of an answer: what breaks a client of the one does not break one of the other. */
type Direction = 'sent' | 'answered'

interface Sides {
  before: Json
  after: Json
}

const methods = ['get', 'put', 'post', 'delete', 'patch']

const asJson = (value: unknown): Json => (value ?? {}) as Json
const keysOf = (value: unknown): string[] => Object.keys(asJson(value))
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/**
 * What a client that was made for the one document cannot do with the other, a sentence each: operations, fields,
 * parameters, answers and enum values that are gone, and fields that are required now. What lies in a component is
 * told once, by the component's name.
 */
export function breakingChanges(before: Json, after: Json): string[] {
  const found = new Set<string>()
  for (const [path, operations] of Object.entries(asJson(before.paths)))
    for (const method of keysOf(operations).filter((key) => methods.includes(key))) {
      const name = `${method.toUpperCase()} ${path}`
      const now = asJson(asJson(after.paths)[path])[method]
      if (now === undefined) found.add(`\`${name}\` is gone`)
      else {
        const sides = { before: asJson(asJson(operations)[method]), after: asJson(now) }
        for (const change of operationChanges(name, sides, { before, after })) found.add(change)
      }
    }
  return [...found]
}

function operationChanges(name: string, { before, after }: Sides, roots: Sides): string[] {
  const compare = (at: string, sides: Sides, direction: Direction) =>
    schemaChanges(at, sides, { roots, direction })
  return [
    ...parameterChanges(name, { before, after }, compare),
    ...contentChanges(
      `${name} body`,
      { before: asJson(before.requestBody), after: asJson(after.requestBody) },
      (at, sides) => compare(at, sides, 'sent'),
    ),
    ...keysOf(before.responses)
      .filter((status) => status.startsWith('2'))
      .flatMap((status) => {
        const now = asJson(after.responses)[status]
        if (now === undefined) return [`\`${name} ${status}\` is gone`]
        const sides = { before: asJson(asJson(before.responses)[status]), after: asJson(now) }
        return contentChanges(`${name} ${status}`, sides, (at, inner) => compare(at, inner, 'answered'))
      }),
  ]
}

type Compare = (at: string, sides: Sides, direction: Direction) => string[]

function parameterChanges(name: string, { before, after }: Sides, compare: Compare): string[] {
  const old = listOf(before.parameters).map(asJson)
  const present = listOf(after.parameters).map(asJson)
  const changed = old.flatMap((one) => {
    const at = `${name} ${String(one.name)}`
    const now = present.find((other) => other.name === one.name && other.in === one.in)
    if (now === undefined) return [`\`${at}\` is gone`]
    const isRequired = now.required === true && one.required !== true
    return [
      ...(isRequired ? [`\`${at}\` is required`] : []),
      ...compare(at, { before: asJson(one.schema), after: asJson(now.schema) }, 'sent'),
    ]
  })
  const isNew = ({ name, in: place }: Json) => !old.some((one) => one.name === name && one.in === place)
  const required = present.filter((one) => one.required === true && isNew(one))
  return [...changed, ...required.map((one) => `\`${name} ${String(one.name)}\` is required`)]
}

function contentChanges(
  at: string,
  { before, after }: Sides,
  compare: (at: string, sides: Sides) => string[],
): string[] {
  const isRequired = after.required === true && before.required !== true
  return [
    ...(isRequired ? [`\`${at}\` is required`] : []),
    ...keysOf(before.content).flatMap((type) => {
      const now = asJson(after.content)[type]
      if (now === undefined) return [`\`${at} ${type}\` is gone`]
      const was = asJson(asJson(before.content)[type])
      return compare(at, { before: asJson(was.schema), after: asJson(asJson(now).schema) })
    }),
  ]
}

interface Place {
  roots: Sides
  direction: Direction
}

/** A schema where it is referred to, and the name of its component. */
function resolved(schema: Json, root: Json): { schema: Json; name?: string } {
  if (typeof schema.$ref !== 'string') return { schema }
  const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  return { schema: asJson(asJson(asJson(root.components).schemas)[name]), name }
}

const alternatives = (schema: Json, root: Json) =>
  (Array.isArray(schema.anyOf) ? listOf(schema.anyOf) : [schema]).map((one) => resolved(asJson(one), root))

function schemaChanges(at: string, { before, after }: Sides, place: Place): string[] {
  const { schema, name: here = at } = resolved(before, place.roots.before)
  const was = alternatives(schema, place.roots.before)
  const is = alternatives(resolved(after, place.roots.after).schema, place.roots.after)
  // What may be anything, or is binary, has no type.
  if ([...was, ...is].some((one) => one.schema.type === undefined)) return []
  const typesIn = (some: typeof was) => new Set(some.map((one) => String(one.schema.type)))
  const [lacking, having] = place.direction === 'sent' ? [is, was] : [was, is]
  const wrong = [...typesIn(having)].filter((type) => !typesIn(lacking).has(type))
  const verb = place.direction === 'sent' ? 'may no longer be' : 'may be'
  return [
    ...wrong.map((type) => `\`${here}\` ${verb} ${type}`),
    ...was.flatMap(({ schema: old, name }) => {
      const now = is.find((one) => one.schema.type === old.type)
      return now === undefined ? [] : valueChanges(name ?? here, { before: old, after: now.schema }, place)
    }),
  ]
}

function valueChanges(at: string, { before, after }: Sides, place: Place): string[] {
  const values = listOf(after.enum)
  const gone = listOf(before.enum).filter((value) => values.length > 0 && !values.includes(value))
  const narrowed = place.direction === 'sent' && before.enum === undefined && after.enum !== undefined
  return [
    ...gone.map((value) => `\`${at}: ${String(value)}\` is gone`),
    ...(narrowed ? [`\`${at}\` has only some values`] : []),
    ...fieldChanges(at, { before, after }, place),
    ...(before.items === undefined || after.items === undefined
      ? []
      : schemaChanges(`${at}[]`, { before: asJson(before.items), after: asJson(after.items) }, place)),
  ]
}

function fieldChanges(at: string, { before, after }: Sides, place: Place): string[] {
  const was = asJson(before.properties)
  const is = asJson(after.properties)
  const wasRequired = listOf(before.required)
  const isRequired = listOf(after.required)
  const required =
    place.direction === 'sent'
      ? isRequired
          .filter((field) => !wasRequired.includes(field))
          .map((field) => `\`${at}.${String(field)}\` is required`)
      : wasRequired
          .filter((field) => !isRequired.includes(field) && String(field) in is)
          .map((field) => `\`${at}.${String(field)}\` may be left out`)
  const fields = Object.keys(was).flatMap((field) =>
    field in is
      ? schemaChanges(`${at}.${field}`, { before: asJson(was[field]), after: asJson(is[field]) }, place)
      : [`\`${at}.${field}\` is gone`],
  )
  return [...required, ...fields]
}
