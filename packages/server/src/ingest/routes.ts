import type { JsonObject } from '@selfsame/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { accessRequestOf } from '../access/guard-routes.ts'
import { isFault, mayDo, type WriteKey } from '../access/principal.ts'
import type { Context } from '../http/context.ts'
import { lookAtJson } from '../http/json-text.ts'
import { Problem } from '../http/problem.ts'
import { sendFault } from '../http/who-asks.ts'
import { submit } from './submit.ts'
import { takeRows } from './rows.ts'
import { callTypes, type Arrival, type CallType } from './take-record.ts'
import { TokenBuckets } from './token-bucket.ts'

const mostRecords = 500
const mostDepth = 64
const shortCalls: Readonly<Record<string, CallType>> = {
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
}

/** The routes that take records: Segment's and RudderStack's, plain envelopes, and rows of tables. */
export function ingestRoutes(app: FastifyInstance, context: Context): void {
  const buckets = new TokenBuckets(context.config.recordsPerSecond, context.config.recordsAtOnce, context.now)
  const batch = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, 'batch')
    const key = await writeKeyOf(context, request, reply, body.outer['writeKey'])
    if (!key) return reply
    if (body.elements === null) throw new Problem('request.invalid', 'the body has no list under the key batch')
    return take(key, body.elements, { sentAt: body.outer['sentAt'] ?? null, call: null })
  }
  const single = (call: CallType | null) => async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, null)
    const key = await writeKeyOf(context, request, reply, body.outer['writeKey'])
    if (!key) return reply
    const texts = body.elements ?? [body.text]
    const waits = (request.query as Readonly<Record<string, unknown>>)['wait'] === 'true'
    if (waits && (key.class === 'public' || !key.mayView)) {
      return sendFault(reply, {
        code: 'access.forbidden',
        status: 403,
        message: 'this key may not be told which profile a record reached',
      })
    }
    if (!waits) return take(key, texts, { sentAt: null, call })
    if (texts.length !== 1) throw new Problem('request.invalid', 'wait=true goes with a single record')
    const { answer, outcomes } = await submitted(key, texts, { sentAt: null, call })
    return { ...answer, profileId: outcomes[0]?.profileId ?? null }
  }
  const submitted = (key: WriteKey, texts: readonly string[], arrival: Pick<Arrival, 'sentAt' | 'call'>) => {
    if (texts.length > mostRecords) {
      throw new Problem('request.too_many_records', `a request brings at most ${mostRecords} records`)
    }
    payFor(buckets, key, texts.length)
    return submit(context, key.source, key.feeds, texts, { ...arrival, kind: 'event' })
  }
  const take = async (key: WriteKey, texts: readonly string[], arrival: Pick<Arrival, 'sentAt' | 'call'>) =>
    (await submitted(key, texts, arrival)).answer

  app.post('/v1/batch', batch)
  app.post('/v1/import', batch)
  for (const call of callTypes) app.post(`/v1/${call}`, single(call))
  for (const [short, call] of Object.entries(shortCalls)) app.post(`/v1/${short}`, single(call))
  app.post('/v1/signals', single(null))
  app.post('/v1/records/:source', async (request, reply) => {
    const key = await writeKeyOf(context, request, reply, null)
    if (!key) return reply
    const { source } = request.params as { readonly source: string }
    if (key.class === 'public' || key.source !== source) {
      return sendFault(reply, {
        code: 'access.forbidden',
        status: 403,
        message: 'rows are taken from a server key of the source that the address names',
      })
    }
    return takeRows(context, key, request, (count) => payFor(buckets, key, count))
  })
}

function payFor(buckets: TokenBuckets, key: WriteKey, count: number): void {
  const seconds = buckets.take(key.keyId, count)
  if (seconds > 0) {
    throw new Problem('ingest.rate_limited', 'the key sends faster than it may', { retryAfterSeconds: seconds })
  }
}

/** The write key of a request; null: the refusal has been sent. */
async function writeKeyOf(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  inBody: unknown,
): Promise<WriteKey | null> {
  const writeKey = typeof inBody === 'string' ? inBody : null
  const principal = await context.access.authenticate(accessRequestOf(request, writeKey))
  if (isFault(principal)) {
    sendFault(reply, principal)
    return null
  }
  if (principal.kind !== 'write_key' || !mayDo(principal, 'records.write')) {
    sendFault(reply, { code: 'access.forbidden', status: 403, message: 'records are written with a write key' })
    return null
  }
  return principal
}

interface ReadBody {
  readonly text: string
  /** The top object without the list; empty where the top is a list. */
  readonly outer: JsonObject
  /** Texts of the list's elements, as they were sent; null: there is no list. */
  readonly elements: readonly string[] | null
}

function bodyOf(request: FastifyRequest, listKey: 'batch' | null): ReadBody {
  const text = typeof request.body === 'string' ? request.body : ''
  const { depth, elements } = lookAtJson(text, text.trimStart().startsWith('[') ? null : listKey)
  if (depth > mostDepth) throw new Problem('request.too_deep', `JSON is nested at most ${mostDepth} deep`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Problem('request.broken_json', 'the body is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null) throw new Problem('request.invalid', 'the body is no JSON object')
  const isList = Array.isArray(value)
  if (isList && listKey !== null)
    throw new Problem('request.invalid', 'the body is a list where an object is asked for')
  return {
    text,
    outer: isList ? {} : (value as JsonObject),
    elements: elements?.map(({ start, end }) => text.slice(start, end)) ?? null,
  }
}
