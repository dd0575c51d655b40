import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { ControlFault } from '../control/control-fault.ts'
import { AccessRefused } from './guard-routes.ts'

/**
 * Makes an encapsulated instance ready for routes of `/api/v1`: bodies are JSON, shapes are zod schemas that validate and
 * serialize, and faults are answered as `application/problem+json`. A fault that is none of ours goes on to the handler of
 * the application.
 */
export function prepareApi(api: FastifyInstance): void {
  api.setValidatorCompiler(validatorCompiler)
  api.setSerializerCompiler(serializerCompiler)
  if (api.hasContentTypeParser('application/json')) api.removeContentTypeParser('application/json')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, api.getDefaultJsonParser('error', 'error'))
  api.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof AccessRefused) {
      if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="selfsame"')
      return sendFault(reply, error.statusCode, error.code, error.message)
    }
    if (error instanceof ControlFault) {
      if (error.retryAfterSeconds !== null) reply.header('retry-after', String(error.retryAfterSeconds))
      return sendFault(reply, error.status, error.code, error.message)
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
      return sendFault(reply, 400, 'request.invalid', 'the request does not have the shape it should', {
        errors: error.validation.map(({ instancePath, params, message }) => ({
          path: instancePath === '' ? '/' : instancePath,
          message,
          ...unknownFieldsIn(params),
        })),
      })
    }
    throw error
  })
}

/** Answers with `application/problem+json` (RFC 9457). */
function sendFault(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const { id: requestId } = reply.request
  const body = {
    type: `urn:selfsame:error:${code}`,
    title: STATUS_CODES[status],
    status,
    code,
    detail,
    requestId,
    ...more,
  }
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body))
}

function unknownFieldsIn(params: Readonly<Record<string, unknown>>): { readonly unknownFields?: readonly string[] } {
  const { keys } = params
  if (!Array.isArray(keys)) return {}
  return { unknownFields: keys.filter((key): key is string => typeof key === 'string') }
}
