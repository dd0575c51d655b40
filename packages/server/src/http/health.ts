import { schemaVersion, schemaVersionOf } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { Context } from './context.ts'
import { Problem } from './problem.ts'

/** `/healthz`: the process lives. `/readyz`: the database answers and has the schema. `/version`. */
export function healthRoutes(app: FastifyInstance, context: Context): void {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async () => {
    const found = await schemaVersionOf(context.database).catch((cause: unknown) => {
      throw new Problem('server.not_ready', 'the database does not answer', { retryAfterSeconds: 2, cause })
    })
    if (found !== schemaVersion) throw new Problem('server.not_ready', 'the database waits for its migration')
    return { status: 'ready', schema: found }
  })
  app.get('/version', () => ({ version: context.config.version, schema: schemaVersion }))
}
