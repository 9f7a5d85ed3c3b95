/** One request of a `.http` file, as editors with a REST client read it. */
export interface HttpRequest {
  /** What stands after `###`. */
  title: string
  /** `# @name`: later requests take values from its answer. */
  name: string | undefined
  /** `# @expect`: the status. */
  expect: number
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

const REQUEST_LINE = /^(GET|POST|PUT|PATCH|DELETE) (\S+)$/
const HEADER_LINE = /^([\w-]+): (.+)$/

/** The requests of a file, variables and all. @throws Error for what is no request */
export function readHttpFile(text: string): HttpRequest[] {
  const [head = '', ...parts] = text.split(/^###/m)
  const variables = new Map(
    [...head.matchAll(/^@(\w+) = (.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  return parts.map((part) =>
    readRequest(part.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => variables.get(name) ?? whole)),
  )
}

function readRequest(part: string): HttpRequest {
  const [title = '', ...lines] = part.trim().split('\n')
  const tag = (name: string) =>
    lines
      .map((line) => new RegExp(`^# @${name} (\\S+)$`).exec(line)?.[1])
      .find((value) => value !== undefined)
  const rest = lines.filter((line) => !line.startsWith('#'))
  const [, method = '', url = ''] = REQUEST_LINE.exec(rest[0] ?? '') ?? []
  if (method === '') throw new Error(`"${title}" has no request line: ${rest[0] ?? ''}`)
  const blank = rest.indexOf('')
  const headerLines = rest.slice(1, blank < 0 ? undefined : blank)
  const body = blank < 0 ? '' : rest.slice(blank).join('\n').trim()
  return {
    title: title.trim(),
    name: tag('name'),
    expect: Number(tag('expect')),
    method,
    url,
    headers: Object.fromEntries(headerLines.map((line) => readHeader(title, line))),
    body: body === '' ? undefined : body,
  }
}

function readHeader(title: string, line: string): [string, string] {
  const [, name, value] = HEADER_LINE.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`"${title}" has no header: ${line}`)
  return [name, value]
}

/** What named requests were answered. */
export type Answers = ReadonlyMap<string, { body: unknown; headers: Headers }>

/** `{{project.response.body.$.id}}` and `{{project.response.headers.etag}}`, filled in. */
export const filledIn = (text: string, answers: Answers): string =>
  text.replaceAll(/\{\{(\w+)\.response\.(body\.\$|headers)\.([^}]+)\}\}/g, (whole, ...groups: string[]) => {
    const [name = '', from, path = ''] = groups
    const answer = answers.get(name)
    const value = from === 'headers' ? answer?.headers.get(path) : valueAt(answer?.body, path)
    if (typeof value !== 'string') throw new Error(`${whole} is no text: ${JSON.stringify(value)}`)
    return value
  })

/** By a path such as `items[0].id`. */
const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value)
