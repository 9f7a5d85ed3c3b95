/** What a person can try on the server that the demo leaves running. */
export const whatNext = (address: string): string => `
The server runs until Ctrl-C. To try next:

  ${address}/docs            every route, to call from the browser
  ${address}/v2/dashboard    the same data under v2
  ${address}/admin/status    what the database is, and which version serves what

  curl '${address}/v2/supplier-task-instances?overdue=true&limit=3'
  curl '${address}/v1/dashboard' -D - -o /dev/null
  curl '${address}/admin/migrations' -H 'content-type: application/json' -d '{"job":"validate"}'
  curl '${address}/admin/migrations' -H 'content-type: application/json' \\
    -d '{"job":"rollback","options":{"level":"api"}}'
`
