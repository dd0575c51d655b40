import { changesAnswer, changesQuery, changeStreamQuery } from '@selfsame/contract'
import { changesAfter, lastChange } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { changeOf } from './answers.ts'
import { ChangeStreams } from './change-stream.ts'
import { addReadingRoute, answered, type ReadingContext } from './reading.ts'

const tag = 'changes'

/** The feed of everything that happens to profiles, to be read page by page or followed. */
export function changeRoutes(app: FastifyInstance, context: ReadingContext): void {
  const streams = new ChangeStreams(context)
  app.addHook('preClose', () => streams.close())

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/changes',
      summary: 'What happened to profiles, in order; the cursor never ends',
      tag,
      query: changesQuery,
      answer: changesAnswer,
    },
    async ({ database, spaceId, query }) => {
      const from = await context.cursors.open(spaceId, tag, query.cursor)
      const start = from ? Number(from[0]) : query.from === 'now' ? await lastChange(database, spaceId) : 0
      const { rows } = await changesAfter(database, spaceId, start, query.limit)
      const next = await context.cursors.seal(spaceId, tag, [rows.at(-1)?.seq ?? start])
      return { items: rows.map(changeOf), next: next ?? '' }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/changes/stream',
      summary: 'The same as server-sent events; the id of an event is the cursor after it',
      tag,
      query: changeStreamQuery,
      answer: z.string(),
      produces: ['text/event-stream'],
    },
    async ({ database, spaceId, query, request, reply }) => {
      const last = request.headers['last-event-id']
      const cursor = typeof last === 'string' && last !== '' ? last : query.cursor
      const from = await context.cursors.open(spaceId, tag, cursor)
      const start = from ? Number(from[0]) : query.from === 'now' ? await lastChange(database, spaceId) : 0
      streams.open(request, reply, spaceId, start)
      return answered
    },
  )
}
