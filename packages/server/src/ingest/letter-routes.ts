import {
  deadLetterParams,
  deadLettersAnswer,
  deadLettersQuery,
  replayAnswer,
  type DeadLetterShape,
} from '@selfsame/contract'
import { appendAudit, deadLetters, findDeadLetter, type DeadLetter } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { spaceCursors } from '../api/cursor.ts'
import { instantOrNull, instantText } from '../api/answers.ts'
import { addReadingRoute, type ReadingContext } from '../api/reading.ts'
import { prepareApi } from '../access/api-scope.ts'
import { guardRoutes } from '../access/guard-routes.ts'
import { callerInSpace, type ControlApp } from '../control/routes/route-context.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'
import { letterReason } from './submit.ts'
import { replayLetter } from './replay-letter.ts'

const tag = 'dead letters'

/** What could not be taken, to be looked at and tried again. */
export async function letterRoom(app: FastifyInstance, context: Context): Promise<void> {
  await app.register(
    async (api) => {
      prepareApi(api)
      guardRoutes(api, context)
      listRoute(api, { ...context, cursors: spaceCursors(context.database) })
      replayRoute(api.withTypeProvider(), context)
    },
    { prefix: '/api/v1' },
  )
}

function listRoute(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/dead-letters',
      summary: 'Records that could not be taken, newest first',
      tag,
      query: deadLettersQuery,
      answer: deadLettersAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const from = await after()
      const before = from && { received_at: Number(from[0]), letter_id: String(from[1]) }
      const letters = await deadLetters(database, spaceId, query.limit + 1, before, query.source ?? null)
      const shown = letters.slice(0, query.limit)
      const last = letters.length > query.limit ? shown.at(-1) : undefined
      return {
        items: shown.map(letterOf),
        next: await next(last ? [last.received_at, last.letter_id] : null),
      }
    },
  )
}

function replayRoute(app: ControlApp, context: Context): void {
  app.post(
    '/dead-letters/:letterId/replay',
    {
      config: { access: 'identity.manage' },
      schema: {
        summary: 'Try to take a dead letter again, by the rules of today',
        tags: [tag],
        params: deadLetterParams,
        response: { 200: replayAnswer },
      },
    },
    async (request) => {
      const { actor, spaceId } = callerInSpace(request)
      const letter = await findDeadLetter(context.database, spaceId, request.params.letterId)
      if (!letter) throw new Problem('letter.unknown', 'there is no such dead letter')
      if (letter.replayed_at !== null) throw new Problem('letter.replayed', 'this dead letter was taken already')
      const replayed = await replayLetter(context, spaceId, letter)
      const at = context.now()
      await context.database.transaction((sql) =>
        appendAudit(sql, spaceId, {
          at,
          actor,
          action: 'dead_letter.replay',
          object: letter.letter_id,
          details: { outcome: replayed.outcome, code: replayed.code },
        }),
      )
      return replayed
    },
  )
}

function letterOf(letter: DeadLetter): DeadLetterShape {
  return {
    letterId: letter.letter_id,
    source: letter.source,
    receivedAt: instantText(letter.received_at),
    kind: letter.kind,
    code: letter.code,
    reason: letterReason(letter.code),
    messageId: letter.message_id,
    payload: letter.payload,
    replayedAt: instantOrNull(letter.replayed_at),
  }
}
