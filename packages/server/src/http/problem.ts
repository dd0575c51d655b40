import { httpErrors, type HttpErrorCode } from '@selfsame/contract'
import type { FastifyReply } from 'fastify'

/** A fault that ends a request. The detail never carries an attribute value. */
export class Problem extends Error {
  readonly code: HttpErrorCode
  readonly retryAfterSeconds: number | undefined
  /** What the answer says beside it: counts and codes, never a value. */
  readonly more: Readonly<Record<string, unknown>>
  constructor(code: HttpErrorCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause })
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
    this.more = options.more ?? {}
  }

  /** The same problem, with more about it. */
  with(more: Readonly<Record<string, unknown>>): Problem {
    const { code, message, retryAfterSeconds, cause } = this
    return new Problem(code, message, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }), cause, more })
  }
}

interface ProblemOptions {
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
  readonly more?: Readonly<Record<string, unknown>>
}

/** Answers with `application/problem+json` (RFC 9457), and with more about the fault where there is more. */
export function sendProblem(
  reply: FastifyReply,
  code: HttpErrorCode,
  detail: string,
  retryAfterSeconds?: number,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const { status, title } = httpErrors[code]
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({
        type: `urn:selfsame:error:${code}`,
        title,
        status,
        code,
        detail,
        requestId: reply.request.id,
        ...more,
      }),
    )
}
