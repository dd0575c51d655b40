import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { AccessRefused, guardRoutes, principalOf } from '../access/guard-routes.ts'
import type { WriteKey } from '../access/principal.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'
import { sendRefusal } from '../http/who-asks.ts'
import { readBatch, readOneOrList } from './read-records.ts'
import { takeRows, tooFast } from './rows.ts'
import { submit, type IngestAnswer, type Submitted } from './submit.ts'
import { callTypes, type Arrival, type CallType } from './take-record.ts'
import { TokenBuckets } from './token-bucket.ts'

const mostRecords = 500
const shortCalls: Readonly<Record<string, CallType>> = {
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
}

/** The routes that take records: Segment's and RudderStack's, plain envelopes, and rows of tables. */
export async function ingestRoutes(app: FastifyInstance, context: Context): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler((error: FastifyError, _request, reply) => {
      if (error instanceof AccessRefused) return sendRefusal(reply, error)
      throw error
    })
    guardRoutes(scope, context)
    addRoutes(scope, context)
  })
}

function addRoutes(app: FastifyInstance, context: Context): void {
  const buckets = new TokenBuckets(context.config.recordsPerSecond, context.config.recordsAtOnce, context.now)
  const take = (
    key: WriteKey,
    texts: readonly string[],
    arrival: Pick<Arrival, 'sentAt' | 'call'>,
  ): Promise<Submitted> => {
    if (texts.length > mostRecords) {
      throw new Problem('request.too_many_records', `a request brings at most ${mostRecords} records`)
    }
    const seconds = buckets.take(key.keyId, texts.length)
    if (seconds > 0) throw tooFast(seconds)
    return submit(context, key, texts, { ...arrival, kind: 'event' })
  }
  const post = (url: string, handle: (request: FastifyRequest) => Promise<object>) =>
    app.post(url, { config: { access: 'records.write' } }, handle)

  const batch = async (request: FastifyRequest): Promise<IngestAnswer> => {
    const { outer, texts } = readBatch(textOf(request))
    const key = await writeKeyOf(context, request, outer['writeKey'])
    return (await take(key, texts, { sentAt: outer['sentAt'] ?? null, call: null })).answer
  }
  const single = (call: CallType | null) => async (request: FastifyRequest) => {
    const { outer, texts } = readOneOrList(textOf(request))
    const key = await writeKeyOf(context, request, outer['writeKey'])
    const waits = (request.query as Readonly<Record<string, unknown>>)['wait'] === 'true'
    if (!waits) return (await take(key, texts, { sentAt: null, call })).answer
    if (!key.mayView) {
      throw new Problem('access.forbidden', 'this key may not be told which profile a record reached')
    }
    if (texts.length !== 1) throw new Problem('request.invalid', 'wait=true goes with a single record')
    const { answer, outcomes } = await take(key, texts, { sentAt: null, call })
    return { ...answer, profileId: outcomes[0]?.profileId ?? null }
  }

  post('/v1/batch', batch)
  post('/v1/import', batch)
  for (const call of callTypes) post(`/v1/${call}`, single(call))
  for (const [short, call] of Object.entries(shortCalls)) post(`/v1/${short}`, single(call))
  post('/v1/signals', single(null))
  post('/v1/records/:source', async (request) => {
    const key = await writeKeyOf(context, request, null)
    const { source } = request.params as { readonly source: string }
    if (key.class === 'public' || key.source !== source) {
      throw new Problem('access.forbidden', 'rows are taken from a server key of the source that the address names')
    }
    return takeRows(context, key, request, (count) => buckets.take(key.keyId, count))
  })
}

/** The write key of a request: of its headers, or `writeKey` in its body. */
async function writeKeyOf({ access }: Context, request: FastifyRequest, inBody: unknown): Promise<WriteKey> {
  const principal = await principalOf(access, request, 'records.write', typeof inBody === 'string' ? inBody : null)
  if (principal.kind !== 'write_key') throw new Problem('access.forbidden', 'records are written with a write key')
  return principal
}

function textOf({ body }: FastifyRequest): string {
  if (typeof body === 'string') return body
  throw new Problem('request.broken_json', 'there is no body')
}
