import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { HttpErrorCode } from '@selfsame/contract'
import fastifyCors from '@fastify/cors'
import fastifyHelmet from '@fastify/helmet'
import Fastify, {
  LogController,
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify'
import { ingestRoutes } from '../ingest/routes.ts'
import type { Context } from './context.ts'
import { healthRoutes } from './health.ts'
import { Problem, sendProblem } from './problem.ts'
import { mostBodyBytes, readBody } from './read-body.ts'

/** A room of routes. */
export type Routes = (app: FastifyInstance, context: Context) => void | Promise<void>

/** The server's application: everything but the socket. `rooms` are routes beside those of ingestion and health. */
export async function buildApp(context: Context, rooms: readonly Routes[] = []): Promise<FastifyInstance> {
  const { config } = context
  const options: FastifyHttpOptions<Server> = {
    logger: config.logLevel === 'silent' ? false : { level: config.logLevel, serializers: logSerializers },
    logController: new LogController({ disableRequestLogging: config.logLevel !== 'debug' }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: mostBodyBytes,
    requestTimeout: 120_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    http: { headersTimeout: 5_000, maxHeaderSize: 16_384 },
    exposeHeadRoutes: false,
  }
  const app: FastifyInstance = Fastify(options)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const type = request.headers['content-type'] ?? ''
    const streams =
      request.url.startsWith('/v1/records/') && /^(application\/x-ndjson|text\/csv|application\/jsonl)/.test(type)
    return streams ? payload : readBody(request.raw)
  })
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  await app.register(fastifyCors, {
    // Browsers send events from the pages of any site; what they send is judged by its key, never by a cookie.
    delegator: (request, callback) => {
      const isIngest = (request.url ?? '').startsWith('/v1/')
      callback(null, {
        origin: isIngest,
        methods: ['POST'],
        allowedHeaders: ['authorization', 'content-type', 'content-encoding', 'anonymousid', 'sentat', 'x-retry-count'],
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
    if (error instanceof Problem) return sendProblem(reply, error.code, error.message, error.retryAfterSeconds)
    const code = codeOfFastifyError(error)
    if (code !== 'server.failed') return sendProblem(reply, code, STATUS_CODES[error.statusCode ?? 400] ?? 'refused')
    request.log.error({ code: error.code, name: error.name, stack: stackOf(error) }, 'a request failed')
    return sendProblem(reply, 'server.failed', 'the server failed; the log says more under the request id')
  })
  app.setNotFoundHandler((_, reply) => sendProblem(reply, 'request.not_found', 'there is nothing at this address'))
  healthRoutes(app, context)
  ingestRoutes(app, context)
  for (const room of rooms) await room(app, context)
  return app
}

/** Nothing of what a request holds is logged but its method, its route and how it ended. */
const logSerializers = {
  req: (request: { method: string; routeOptions?: { url?: string | undefined }; id: string }) => ({
    method: request.method,
    route: request.routeOptions?.url ?? 'unknown',
    id: request.id,
  }),
  res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
}

/** Where an error arose, without its message, which may hold a value. */
function stackOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n')
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
    case 415:
      return 'request.unsupported_type'
    case 503:
      return 'server.stopping'
    default:
      return 'server.failed'
  }
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
