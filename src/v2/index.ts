import { resourceRoutes, type Context } from '../http/resource.js'
import type { App } from '../http/type-provider.js'
import { suppliers } from './suppliers/suppliers.routes.js'
import type { V2Tables } from './tables.js'

/** Registers every route of /v2; the caller chooses the prefix. */
export function v2Routes(app: App, context: Context<V2Tables>): void {
  resourceRoutes(app, context, suppliers)
}
