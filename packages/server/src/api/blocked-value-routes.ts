import { blockValueBody, publication, type HttpErrorCode } from '@selfsame/contract'
import {
  allowValue,
  blockValue,
  disallowValue,
  unblockValue,
  type EditedAllowedValues,
  type EditedBlockedValues,
} from '@selfsame/core'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { Problem } from '../http/problem.ts'
import type { ReadingContext } from './reading.ts'
import { publishedText } from './ruleset-answers.ts'
import { publishText } from './ruleset-publish-routes.ts'
import { addWritingRoute, type Write } from './writing.ts'

const tag = 'blocked values'

/** Blocking a value edits the published ruleset: a new version counts at once, for the past as well. */
export function blockedValueRoutes(app: FastifyInstance, context: ReadingContext): void {
  const edit =
    (change: typeof blockValue | typeof allowValue, action: keyof typeof notes) =>
    async ({ spaceId, actor, body }: Pick<Write<object, object, Body>, 'spaceId' | 'actor' | 'body'>) => {
      const { type, value, note, wait, expectedVersion } = body
      for (let attempt = 1; ; attempt++) {
        const published = await publishedText(context.database, spaceId)
        const edited = change(published.body, type, value)
        if (!edited.ok) throw refusalOf(edited.because)
        try {
          return await publishText(context, {
            spaceId,
            actor,
            text: edited.text,
            note: note ?? `${notes[action]} of ${type}`,
            wait,
            expectedVersion: expectedVersion ?? published.version,
            audit: { action, details: { type } },
          })
        } catch (error) {
          const moved = error instanceof Problem && error.code === 'ruleset.version_conflict'
          // The edit means the same on whatever was published meanwhile.
          if (!moved || expectedVersion !== undefined || attempt >= mostAttempts) throw error
        }
      }
    }

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/blocked-values',
      summary: 'Block a value of an identifier: it links nobody any more, and what it linked is resolved again',
      tag,
      body: blockValueBody,
      answer: publication,
    },
    edit(blockValue, 'value.block'),
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/blocked-values/unblock',
      summary: 'Unblock a value of an identifier',
      tag,
      body: blockValueBody,
      answer: publication,
    },
    edit(unblockValue, 'value.unblock'),
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/shared-values/allow',
      summary: 'Allow a value: it is never shared, however many people carry it, and links again',
      tag,
      body: blockValueBody,
      answer: publication,
    },
    edit(allowValue, 'value.allow'),
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/shared-values/disallow',
      summary: 'Take that back: where too many people carry the value it is shared, and links nobody',
      tag,
      body: blockValueBody,
      answer: publication,
    },
    edit(disallowValue, 'value.disallow'),
  )
}

const notes = {
  'value.block': 'Block a value',
  'value.unblock': 'Unblock a value',
  'value.allow': 'Allow a value',
  'value.disallow': 'Allow a value no more',
} as const

type Body = z.output<typeof blockValueBody>

const mostAttempts = 5

type Refusal = Extract<EditedBlockedValues | EditedAllowedValues, { ok: false }>['because']

const refusals = {
  unknown_identifier: ['identifier.unknown', 'the ruleset has no such identifier'],
  blocked: ['blocked_value.known', 'the identifier blocks this value already'],
  not_blocked: ['blocked_value.unknown', 'the identifier does not block this value'],
  allowed: ['allowed_value.known', 'the identifier allows this value already'],
  not_allowed: ['allowed_value.unknown', 'the identifier does not name this value'],
  blocked_otherwise: ['blocked_value.otherwise', 'a glob, a pattern or the built-in list blocks it: edit the ruleset'],
} as const satisfies Record<Refusal, readonly [HttpErrorCode, string]>

function refusalOf(because: Refusal): Problem {
  const [code, detail] = refusals[because]
  return new Problem(code, detail)
}
