import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Type } from '@sinclair/typebox'
import type { ApiGroup } from '../kernel/api-groups.js'
import { completeDocument, withDeprecated, type Document } from './openapi-document.js'
import { problemAnswers } from './schemas.js'
import type { App } from './type-provider.js'

export interface DocumentInfo {
  title: string
  description: string
  /** What each tag of the routes is about. */
  tags: Readonly<Record<string, string>>
  /** Where the server has its token from. */
  tokenVariable: string
  /** Statuses with which any of the routes may refuse, besides those that follow from what a route takes. */
  refusals: readonly number[]
}

/**
 * Makes one OpenAPI document of the scope's routes, and gives each of them the answers that all have. Call in
 * the scope, before its routes.
 */
export async function describeScope(scope: App, info: DocumentInfo): Promise<void> {
  scope.addHook('onRoute', (route) => {
    const schema = route.schema ?? {}
    route.schema = { ...schema, response: { ...(schema.response as object | undefined), ...problemAnswers } }
  })
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: info.title,
        description: info.description,
        version: '1.0.0',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'The server that this document comes from' }],
      tags: Object.entries(info.tags).map(([name, description]) => ({ name, description })),
      components: { securitySchemes: { bearer: bearer(info.tokenVariable) } },
      security: [{ bearer: [] }],
    },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, ...groupOf(route.config?.group) },
      url,
    }),
    transformObject: (made) =>
      completeDocument(('openapiObject' in made ? made.openapiObject : {}) as Document, info.refusals),
  })
}

const groupOf = (group: ApiGroup | undefined) => (group === undefined ? {} : { 'x-cutover-group': group })

const bearer = (tokenVariable: string) => ({
  type: 'http' as const,
  scheme: 'bearer',
  description: `The token that the server has as ${tokenVariable}; one without, on a loopback address, asks for none.`,
})

declare module 'fastify' {
  interface FastifyInstance {
    /** The documents by name, as they are while no group has been cut over. */
    documents: Map<string, () => Document>
  }
}

/**
 * GET /openapi/<name>.json.
 *
 * @param findSuperseded the groups whose operations are deprecated by now
 */
export function serveDocument(
  app: App,
  name: string,
  scope: App,
  findSuperseded: () => Promise<readonly ApiGroup[]>,
): void {
  // The plugin's type tells Swagger 2 and OpenAPI 3 apart, and ours only what is read here: neither is a part of the other.
  const make = () => scope.swagger() as unknown as Document
  app.documents.set(name, make)
  const schema = { hide: true, response: { 200: Type.Unknown() } }
  app.get(`/openapi/${name}.json`, { schema }, async () => withDeprecated(make(), await findSuperseded()))
}

/** Nothing from elsewhere, and no script in the page itself; Swagger UI sets styles on what it draws. */
const docsPolicy = {
  'default-src': `'none'`,
  'script-src': `'self'`,
  'style-src': [`'self'`, `'unsafe-inline'`],
  'img-src': [`'self'`, 'data:'],
  'connect-src': `'self'`,
  'base-uri': `'none'`,
  'form-action': `'none'`,
  'frame-ancestors': `'none'`,
}

/**
 * Swagger UI at /docs, with a choice of documents. In a scope of its own: a version's scope has its own
 * `swagger`, and the user interface insists on one.
 */
export async function serveDocs(
  app: App,
  documents: Readonly<Record<string, { title: string }>>,
): Promise<void> {
  app.decorate('documents', new Map())
  const urls = Object.entries(documents).map(([name, { title }]) => ({
    name: title,
    url: `/openapi/${name}.json`,
  }))
  await app.register(async (scope) => {
    const document = {
      openapi: '3.1.0',
      info: { title: 'Choose a document above', version: '1.0.0' },
      paths: {},
    }
    await scope.register(swagger, { mode: 'static', specification: { document } })
    // `urls` is an option of Swagger UI that the plugin's types leave out. Its badge would ask a server elsewhere.
    const uiConfig: object = { urls, validatorUrl: null }
    await scope.register(swaggerUi, { routePrefix: '/docs', uiConfig, staticCSP: docsPolicy })
  })
}
