import { problem } from '@selfsame/contract'
import type { Database, PageKey } from '@selfsame/store'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { spaceOf } from '../access/principal.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'
import type { Cursors } from './cursor.ts'

/** What reading routes lean on. */
export interface ReadingContext extends Context {
  readonly cursors: Cursors
}

/** A route that only reads, and asks for `identity.view`. */
export interface ReadingRoute<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  /** POST where the question may hold somebody's address: it must not stand in an access log. */
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly summary: string
  readonly tag: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly answer: Answer
  /** Content types of an answer that is no JSON document. */
  readonly produces?: readonly string[]
}

export interface Question<Params, Query, Body> {
  readonly database: Database
  readonly spaceId: string
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Where the page begins that the question's cursor names. */
  after(): Promise<PageKey | null>
  /** The cursor of the page after this one. */
  next(key: PageKey | null): Promise<string | null>
}

/** JSON text that goes out as it is. */
export class JsonText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The handler has taken the answer into its own hands. */
export const answered = Symbol('answered')

const nothing = z.strictObject({})

export function addReadingRoute<
  Answer extends z.ZodType,
  Params extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = typeof nothing,
>(
  app: FastifyInstance,
  context: ReadingContext,
  route: ReadingRoute<Params, Query, Body, Answer>,
  handle: (
    question: Question<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<z.output<Answer> | JsonText | typeof answered>,
): void {
  const { method, url, summary, tag, params, query, body, answer, produces } = route
  const content = (produces ?? []).map((type) => [type, { schema: answer }] as const)
  app.route({
    method,
    url,
    config: { access: 'identity.view' },
    schema: {
      summary,
      tags: [tag],
      ...(params && { params }),
      querystring: query ?? nothing,
      ...(body && { body }),
      response: {
        200: produces ? { description: 'a stream', content: Object.fromEntries(content) } : answer,
        default: { description: 'a problem', content: { 'application/problem+json': { schema: problem } } },
      },
    },
    handler: async (request, reply) => {
      const spaceId = request.principal ? spaceOf(request.principal) : null
      if (spaceId === null) throw new Problem('space.not_named', 'name the space in X-Selfsame-Space')
      const asked = [request.params, withoutPage(request.query), withoutPage(request.body)]
      const bound = JSON.stringify([method, url, ...asked])
      const cursor = cursorIn(request.query) ?? cursorIn(request.body)
      reply.header('cache-control', 'no-store')
      const result = await handle({
        database: context.database,
        spaceId,
        params: request.params as z.output<Params>,
        query: request.query as z.output<Query>,
        body: request.body as z.output<Body>,
        request,
        reply,
        after: () => context.cursors.open(spaceId, bound, cursor),
        next: (key) => context.cursors.seal(spaceId, bound, key),
      })
      if (result === answered) return reply
      if (!(result instanceof JsonText)) return result
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer((text: unknown) => text as string)
        .send(result.text)
    },
  })
}

function withoutPage(given: unknown): object {
  const entries = Object.entries((given ?? {}) as object)
  return Object.fromEntries(entries.filter(([name]) => name !== 'cursor' && name !== 'limit'))
}

function cursorIn(given: unknown): string | undefined {
  const { cursor } = (given ?? {}) as { readonly cursor?: unknown }
  return typeof cursor === 'string' ? cursor : undefined
}
