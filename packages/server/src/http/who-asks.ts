import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AccessRequest } from '../access/credentials.ts'
import type { AccessFault } from '../access/principal.ts'
import { sendProblem } from './problem.ts'

export function accessRequestOf(request: FastifyRequest): AccessRequest {
  return { method: request.method, headers: request.headers, protocol: request.protocol, host: request.host }
}

export function sendFault(reply: FastifyReply, fault: AccessFault): FastifyReply {
  return sendProblem(reply, fault.code, fault.message)
}
