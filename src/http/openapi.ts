import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Type } from '@sinclair/typebox'
import type { App } from './type-provider.js'

export interface DocumentInfo {
  title: string
  description: string
  secured: boolean
}

/**
 * Makes one OpenAPI document of the scope's routes. Call in the scope, before its routes.
 */
export async function describeScope(scope: App, info: DocumentInfo): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: info.title, description: info.description, version: '1.0.0' },
      servers: [{ url: '/' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      ...(info.secured ? { security: [{ bearer: [] }] } : {}),
    },
    convertConstToEnum: false,
  })
}

/** GET /openapi/<name>.json: the same as the committed file. */
export function serveDocument(app: App, name: string, scope: App): void {
  const schema = { hide: true, response: { 200: Type.Unknown() } }
  app.get(`/openapi/${name}.json`, { schema }, async () => scope.swagger())
}

/**
 * Swagger UI at /docs, with a choice of documents. In a scope of its own: a version's scope has its own
 * `swagger`, and the user interface insists on one.
 */
export async function serveDocs(
  app: App,
  documents: Readonly<Record<string, { title: string }>>,
): Promise<void> {
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
    // `urls` is an option of Swagger UI that the plugin's types leave out.
    const uiConfig: object = { urls }
    await scope.register(swaggerUi, { routePrefix: '/docs', uiConfig })
  })
}
