import { Type } from '@sinclair/typebox'
import { notFound } from '../kernel/problem.js'
import { problemTypesByCode, type ProblemType } from '../kernel/problem-types.js'
import type { App } from './type-provider.js'

/** GET /docs/problems/<code>: where the `type` of a problem leads. */
export function problemPages(app: App): void {
  const schema = { hide: true, params: Type.Object({ code: Type.String() }) }
  app.get('/docs/problems/:code', { schema }, async (request, reply) => {
    const { code } = request.params
    const type = problemTypesByCode.get(code)
    if (type === undefined) throw notFound('problem', code)
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'")
      .send(page(code, type))
  })
}

const page = (code: string, { title, statuses, meaning, remedy }: ProblemType) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(code)}: ${escaped(title)}</title>
<h1>${escaped(title)}</h1>
<p>Code <code>${escaped(code)}</code>, status ${statuses.join(' or ')}</p>
<h2>What is so</h2>
<p>${withCode(meaning)}</p>
<h2>What to do</h2>
<p>${withCode(remedy)}</p>
<p><a href="/docs">All operations</a></p>
</html>
`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What stands between backticks is code. */
const withCode = (text: string) => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

/** docs/problems.md: the same as the pages, in one table. */
export function problemTable(): string {
  const rows = [...problemTypesByCode].map(
    ([code, { title, statuses, meaning, remedy }]) =>
      `| \`${code}\` | ${statuses.join(', ')} | ${title} | ${meaning} | ${remedy} |`,
  )
  return [
    '# Problems',
    '',
    'What the service refuses is answered as `application/problem+json` (RFC 9457). `code` is stable, and is what',
    'clients compare; `type` leads to a page of the server with what stands here, `detail` says what was asked and',
    'what is so, and `instance` is the request id under which the log has it.',
    '',
    '| code | status | title | what is so | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
