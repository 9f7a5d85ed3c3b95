import { isDeepStrictEqual } from 'node:util'

type Json = Record<string, unknown>

const COMPONENT = /^[A-Z]\w*$/
const INT32_MAX = 2 ** 31 - 1

/**
 * Takes each schema with a name, which is its title, out of where it stands, and refers to it. What it is called
 * and is by default in that one place stays there.
 *
 * @throws Error where two different schemas have one name
 */
export function hoistComponents<Node extends object>(root: Node): { hoisted: Node; schemas: Json } {
  const schemas = new Map<string, unknown>()

  function hoist(node: unknown, key = ''): unknown {
    // Examples are values, whatever their fields are called.
    if (typeof node !== 'object' || node === null || key === 'example' || key === 'examples') return node
    if (Array.isArray(node)) return node.map((one) => hoist(one))
    const walked = Object.fromEntries(
      Object.entries(withOwnExample(node as Json)).map(([name, value]) => [name, hoist(value, name)]),
    )
    return typeof walked.title === 'string' && COMPONENT.test(walked.title)
      ? refer(walked.title, walked)
      : withFormat(walked)
  }

  function refer(name: string, { title: _, description, default: byDefault, ...schema }: Json) {
    const known = schemas.get(name) ?? schema
    if (!isDeepStrictEqual(known, schema)) throw new Error(`Two different schemas are called ${name}.`)
    schemas.set(name, schema)
    return {
      $ref: `#/components/schemas/${name}`,
      ...(description === undefined ? {} : { description }),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    }
  }

  const hoisted = hoist(root) as Node
  return { hoisted, schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** The example of a body's schema, which stands beside it by now, belongs to the component. */
function withOwnExample(node: Json): Json {
  const { example, ...media } = node
  const { schema } = media
  const isOfComponent =
    example !== undefined && typeof schema === 'object' && schema !== null && 'title' in schema
  return isOfComponent ? { ...media, schema: { ...schema, examples: [example] } } : node
}

/** Every number without a fraction is one that JavaScript holds exactly. */
function withFormat(schema: Json): Json {
  if (schema.type !== 'integer' || schema.format !== undefined) return schema
  const isSmall = typeof schema.maximum === 'number' && schema.maximum <= INT32_MAX
  return { ...schema, format: isSmall ? 'int32' : 'int64' }
}
