import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { HttpErrorCode } from '@selfsame/contract'
import fastifyCors from '@fastify/cors'
import Fastify, {
  LogController,
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { isUnstorableText, StoreUnavailable } from '@selfsame/store'
import { ingestRoutes } from '../ingest/routes.ts'
import { streamedFormat } from '../ingest/rows.ts'
import { answerBrokenRequest } from './broken-requests.ts'
import type { Context } from './context.ts'
import { healthRoutes } from './health.ts'
import { Problem, sendProblem } from './problem.ts'
import { mostBodyBytes, readBody } from './read-body.ts'
import { securityHeaders } from './security-headers.ts'
import { serverLog, type LogTarget } from './server-log.ts'
import { TextInHand } from './text-in-hand.ts'

/** A room of routes. */
export type Routes = (app: FastifyInstance, context: Context) => void | Promise<void>

declare module 'fastify' {
  interface FastifyRequest {
    /** Characters of its body, held until it is answered. */
    textInHand: number
  }
}

/** The server's application: everything but the socket. `rooms` are routes beside those of ingestion and health. */
export async function buildApp(
  context: Context,
  rooms: readonly Routes[] = [],
  log?: LogTarget,
): Promise<FastifyInstance> {
  const { config } = context
  const options: FastifyHttpOptions<Server> = {
    logger: serverLog(config.logLevel, log),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      request.log.debug({ code: error.code }, 'a request failed')
      sendProblem(reply as FastifyReply, codeOfFastifyError(error), 'the address cannot be read')
    },
    logController: new LogController({ disableRequestLogging: config.logLevel !== 'debug' }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: mostBodyBytes,
    // A stream of rows has no limit in time; `readBody` and `streamBody` watch over the pace.
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    exposeHeadRoutes: false,
  }
  const app: FastifyInstance = Fastify(options)
  app.removeAllContentTypeParsers()
  const inHand = new TextInHand(config.mostTextInHand)
  app.decorateRequest('textInHand', 0)
  app.addHook('onResponse', async (request) => inHand.give(request.textInHand))
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const type = request.headers['content-type']
    if (request.url.startsWith('/v1/records/') && streamedFormat(type) !== null) return payload
    if (cannotHoldJson(type)) throw new Problem('request.unsupported_type', 'send JSON, or rows as NDJSON or CSV')
    const text = await readBody(request.raw)
    inHand.take(text.length)
    request.textInHand = text.length
    return text
  })
  app.addHook('onRequest', (_request, reply, next) => {
    for (const [name, value] of securityHeaders) reply.raw.setHeader(name, value)
    next()
  })
  await app.register(fastifyCors, {
    // Browsers send events from the pages of any site; what they send is judged by its key, never by a cookie.
    delegator: (request, callback) => {
      const isIngest = (request.url ?? '').startsWith('/v1/')
      callback(null, {
        origin: isIngest,
        methods: ['POST'],
        allowedHeaders: ['authorization', 'content-type', 'content-encoding', 'anonymousid', 'sentat', 'x-retry-count'],
        exposedHeaders: ['retry-after', 'x-request-id'],
        maxAge: 86_400,
        credentials: false,
      })
    },
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (config.allowedHosts.length > 0 && !config.allowedHosts.includes(hostName(request.host))) {
      sendProblem(reply, 'request.bad_host', 'this server answers to its own names alone')
      return reply
    }
    return undefined
  })
  app.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    if (error instanceof Problem)
      return sendProblem(reply, error.code, error.message, error.retryAfterSeconds, error.more)
    if (error instanceof StoreUnavailable) {
      request.log.error({ err: error }, 'a request failed')
      return sendProblem(reply, 'server.not_ready', 'the database takes nothing at this moment; ask again', 2)
    }
    if (isUnstorableText(error))
      return sendProblem(reply, 'request.invalid', 'a text holds NUL, which nothing stored does')
    const code = codeOfFastifyError(error)
    if (code !== 'server.failed') return sendProblem(reply, code, STATUS_CODES[error.statusCode ?? 400] ?? 'refused')
    request.log.error({ err: error }, 'a request failed')
    return sendProblem(reply, 'server.failed', 'the server failed; the log says more under the request id')
  })
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(app, request)
    if (methods.length === 0) return sendProblem(reply, 'request.not_found', 'there is nothing at this address')
    reply.header('allow', methods.join(', '))
    return sendProblem(reply, 'request.method_not_allowed', `this address takes ${methods.join(', ')}`)
  })
  healthRoutes(app, context)
  await ingestRoutes(app, context)
  for (const room of rooms) await room(app, context)
  return app
}

function codeOfFastifyError(error: FastifyError): HttpErrorCode {
  if (error.validation) return 'request.invalid'
  switch (error.statusCode) {
    case 400:
      return 'request.invalid'
    case 404:
      return 'request.not_found'
    case 405:
      return 'request.method_not_allowed'
    case 408:
      return 'request.timeout'
    case 413:
      return 'request.too_large'
    case 414:
      return 'request.address_too_long'
    case 415:
      return 'request.unsupported_type'
    case 503:
      return 'server.stopping'
    default:
      return 'server.failed'
  }
}

/** Types whose bodies nobody would send JSON in. What else libraries say is not believed: RudderStack sends JSON as a form. */
function cannotHoldJson(contentType: string | undefined): boolean {
  return /^\s*(?:multipart|image|audio|video|font)\/|^[^;]*xml/i.test(contentType ?? '')
}

/** Methods of the address in a request that found no route; of addresses without parameters. */
function methodsAt(app: FastifyInstance, request: FastifyRequest): readonly string[] {
  const path = (request.url.split('?')[0] ?? '').replace(/\/+$/, '')
  const isOfSource = /^\/v1\/records\/[^/]+$/.test(path)
  // What is asked for goes to the router as a route: nothing in it may be read as a parameter or a pattern.
  if (!isOfSource && !/^[\w/.~-]+$/.test(path)) return []
  const url = isOfSource ? '/v1/records/:source' : path
  return (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((method) => app.hasRoute({ url, method }))
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
