import { problem } from '@selfsame/contract'
import type { Database } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { actorOf, spaceOf, type Principal } from '../access/principal.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'

/** A route that changes something. */
export interface WritingRoute<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly summary: string
  readonly tag: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly answer: Answer
  /** Default `identity.manage`. */
  readonly access?: 'identity.manage' | 'identity.admin'
}

export interface Write<Params, Query, Body> {
  readonly database: Database
  readonly spaceId: string
  readonly principal: Principal
  /** Name of the caller in audit entries. */
  readonly actor: string
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

const nothing = z.strictObject({})

export function addWritingRoute<
  Answer extends z.ZodType,
  Params extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = typeof nothing,
>(
  app: FastifyInstance,
  context: Context,
  route: WritingRoute<Params, Query, Body, Answer>,
  handle: (write: Write<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<z.output<Answer>>,
): void {
  const { method, url, summary, tag, params, query, body, answer } = route
  app.route({
    method,
    url,
    config: { access: route.access ?? 'identity.manage' },
    schema: {
      summary,
      tags: [tag],
      ...(params && { params }),
      querystring: query ?? nothing,
      ...(body && { body }),
      response: {
        200: answer,
        default: { description: 'a problem', content: { 'application/problem+json': { schema: problem } } },
      },
    },
    handler: async (request, reply) => {
      const { principal } = request
      const spaceId = principal ? spaceOf(principal) : null
      if (!principal || spaceId === null) throw new Problem('space.not_named', 'name the space in X-Selfsame-Space')
      reply.header('cache-control', 'no-store')
      return handle({
        database: context.database,
        spaceId,
        principal,
        actor: actorOf(principal),
        params: request.params as z.output<Params>,
        query: request.query as z.output<Query>,
        body: request.body as z.output<Body>,
      })
    },
  })
}
