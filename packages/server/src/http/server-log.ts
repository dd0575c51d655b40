import type { FastifyServerOptions } from 'fastify'
import type { ServerConfig } from './context.ts'

/** Where log lines go: one JSON object each. */
export interface LogTarget {
  write(line: string): void
}

/** Fields that a log line may have. Whatever else somebody hands to the logger stays unwritten. */
const allowed: ReadonlySet<string> = new Set(['req', 'res', 'err', 'reqId', 'responseTime', 'code', 'count', 'port'])

/** Sentences that a log line may say, by how they begin; of any other, nothing is written but that something happened. */
const sentences = ['incoming request', 'request completed', 'request aborted', 'a request failed', 'Server listening']

/**
 * A structured log that holds no value of a record: of a request its method, route and id, of an answer its status, of an
 * error its name, code and place in the program, never its message, which may quote what was sent.
 */
export function serverLog(
  level: ServerConfig['logLevel'],
  target: LogTarget = process.stderr,
): NonNullable<FastifyServerOptions['logger']> {
  if (level === 'silent') return false
  return {
    level,
    stream: target,
    base: null,
    serializers: {
      req: (request: { method: string; routeOptions?: { url?: string | undefined }; id: string }) => ({
        method: request.method,
        route: request.routeOptions?.url ?? 'unknown',
        id: request.id,
      }),
      res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
      err: errorInLog,
    },
    formatters: {
      log: (fields: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(fields).filter(([name]) => allowed.has(name))),
    },
    hooks: {
      logMethod(args: readonly unknown[], method: (...given: readonly unknown[]) => void) {
        const [first] = args
        const fields = first instanceof Error ? { err: first } : typeof first === 'object' ? first : {}
        const said = args.find((one) => typeof one === 'string')
        const sentence = sentences.find((known) => said?.startsWith(known) === true) ?? 'something happened'
        method.call(this, fields, sentence)
      },
    },
  } as NonNullable<FastifyServerOptions['logger']>
}

function errorInLog(error: { name?: unknown; message?: unknown; code?: unknown; stack?: unknown }): object {
  const code = typeof error.code === 'string' && /^[\w.]{1,60}$/.test(error.code) ? error.code : undefined
  const name = typeof error.name === 'string' && /^\w{1,60}$/.test(error.name) ? error.name : 'Error'
  return { name, code, stack: placesOf(String(error.stack ?? ''), String(error.message ?? '')) }
}

/** Where an error arose, without its message. */
function placesOf(stack: string, message: string): string {
  const end = message === '' ? 0 : stack.indexOf(message) + message.length
  if (end < message.length) return ''
  return stack
    .slice(end)
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .slice(0, 12)
    .join('\n')
}
