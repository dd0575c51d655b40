import type { FastifyInstance } from 'fastify'
import { prepareApi } from '../access/api-scope.ts'
import { guardRoutes } from '../access/guard-routes.ts'
import type { ControlRouteContext } from '../control/routes/route-context.ts'
import type { Context } from '../http/context.ts'
import { audienceRoutes } from './audience-routes.ts'
import { blockedValueRoutes } from './blocked-value-routes.ts'
import { changeRoutes } from './change-routes.ts'
import { spaceCursors } from './cursor.ts'
import { decisionRoutes } from './decision-routes.ts'
import { explainRoutes } from './explain-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { findRoutes } from './find-routes.ts'
import { mappingRoutes } from './mapping-routes.ts'
import { metricRoutes, prometheusRoute, seriesRoutes } from './metric-routes.ts'
import { personRoutes } from './person-routes.ts'
import { profileRoutes } from './profile-routes.ts'
import { reviewRoutes } from './review-routes.ts'
import { rulesetDraftRoutes } from './ruleset-draft-routes.ts'
import { rulesetPublishRoutes } from './ruleset-publish-routes.ts'
import { rulesetRoutes } from './ruleset-routes.ts'
import { runRoutes } from './run-routes.ts'
import { simulateRoutes } from './simulate-routes.ts'

export { docsRoom } from './docs-room.ts'

/** Everything that is read: the routes of profiles, review, rulesets, changes, exports and metrics, guarded. */
export async function readingRoom(app: FastifyInstance, context: Context & ControlRouteContext): Promise<void> {
  const reading = { ...context, cursors: spaceCursors(context.database) }
  const guarded = (api: FastifyInstance) => {
    prepareApi(api)
    guardRoutes(api, context)
  }
  await app.register(
    async (api) => {
      guarded(api)
      findRoutes(api, reading)
      profileRoutes(api, reading)
      personRoutes(api, reading)
      reviewRoutes(api, reading)
      decisionRoutes(api, reading)
      explainRoutes(api, reading)
      rulesetRoutes(api, reading)
      rulesetDraftRoutes(api, reading)
      rulesetPublishRoutes(api, reading)
      simulateRoutes(api, reading)
      blockedValueRoutes(api, reading)
      runRoutes(api, reading)
      audienceRoutes(api, reading)
      mappingRoutes(api, reading)
      changeRoutes(api, reading)
      exportRoutes(api, reading)
      metricRoutes(api, reading)
      seriesRoutes(api, reading)
    },
    { prefix: '/api/v1' },
  )
  await app.register(async (api) => {
    guarded(api)
    prometheusRoute(api, reading)
  })
}
