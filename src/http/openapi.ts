import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import type { App } from './type-provider.js'

export interface DocumentInfo {
  /** As in the URL: `v1`, `v2`, `admin`. */
  name: string
  title: string
  description: string
  secured: boolean
}

/**
 * Makes one OpenAPI document of the scope's routes. Call in the scope, before its routes.
 *
 * @param prefix the scope's own
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
