import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { auditRoutes } from './audit-routes.ts'
import { keyRoutes } from './key-routes.ts'
import type { ControlRouteContext } from './route-context.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { sourceRoutes } from './source-routes.ts'
import { spaceRoutes } from './space-routes.ts'
import { userRoutes } from './user-routes.ts'

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
