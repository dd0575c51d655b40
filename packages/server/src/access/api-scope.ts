import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { ControlFault } from '../control/control-fault.ts'
import { parseRequestJson } from '../http/json-text.ts'
import { sendProblem } from '../http/problem.ts'
import { readBody } from '../http/read-body.ts'
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
  api.addContentTypeParser('application/json', async (request: FastifyRequest) =>
    parseBody(await readBody(request.raw)),
  )
  api.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error instanceof AccessRefused) {
      if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="selfsame"')
      return sendProblem(reply, error.code, error.message)
    }
    if (error instanceof ControlFault) return sendProblem(reply, error.code, error.message, error.retryAfterSeconds)
    if (hasZodFastifySchemaValidationErrors(error)) {
      const errors = error.validation.map(({ instancePath, params, message }) => ({
        path: instancePath === '' ? '/' : instancePath,
        message,
        ...unknownFieldsIn(params),
      }))
      return sendProblem(reply, 'request.invalid', 'the request does not have the shape it should', undefined, {
        errors,
      })
    }
    throw error
  })
}

/** An empty body counts as none. `__proto__` as a key is an own key here, which no shape knows. */
function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined
  return parseRequestJson(text, null).value
}

function unknownFieldsIn(params: Readonly<Record<string, unknown>>): { readonly unknownFields?: readonly string[] } {
  const { keys } = params
  if (!Array.isArray(keys)) return {}
  return { unknownFields: keys.filter((key): key is string => typeof key === 'string') }
}
