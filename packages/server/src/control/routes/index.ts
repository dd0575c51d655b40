import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { prepareApi } from '../../access/api-scope.ts'
import { guardRoutes } from '../../access/guard-routes.ts'
import { auditRoutes } from './audit-routes.ts'
import { keyRoutes } from './key-routes.ts'
import type { ControlRouteContext } from './route-context.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { sourceRoutes } from './source-routes.ts'
import { spaceRoutes } from './space-routes.ts'
import { userRoutes } from './user-routes.ts'

/** The routes of this room under `/api/v1`, guarded. */
export async function controlRoom(app: FastifyInstance, context: ControlRouteContext): Promise<void> {
  await app.register(
    async (api) => {
      prepareApi(api)
      guardRoutes(api, context)
      controlRoutes(api, context)
    },
    { prefix: '/api/v1' },
  )
}

/** Registers the routes for spaces, sources, keys, users, signing in and the audit log, to stand under `/api/v1`. */
export function controlRoutes(app: FastifyInstance, context: ControlRouteContext): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  signInRoutes(typed, context)
  spaceRoutes(typed, context)
  sourceRoutes(typed, context)
  keyRoutes(typed, context)
  userRoutes(typed, context)
  auditRoutes(typed, context)
}
