import type { App } from './type-provider.js'

/**
 * Cuts the connection of a body that is not here after `ms`; of files it only wants to see some more each
 * time. A client that says nothing must not keep its connection.
 */
export function limitSlowBodies(app: App, ms: number): void {
  app.addHook('preParsing', async ({ raw, method, routeOptions }) => {
    if (method === 'GET' || method === 'HEAD') return
    let seen = 0
    const look = setInterval(() => {
      const isComing = routeOptions.config.takesFiles === true && raw.socket.bytesRead > seen
      seen = raw.socket.bytesRead
      if (!isComing) raw.destroy()
    }, ms).unref()
    const stop = () => clearInterval(look)
    raw.once('end', stop).once('close', stop)
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its bodies are files, which may take long to arrive. */
    takesFiles?: boolean
  }
}
