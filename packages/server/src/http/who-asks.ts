import type { FastifyReply } from 'fastify'
import type { AccessFault } from '../access/principal.ts'
import { sendProblem } from './problem.ts'

export function sendFault(reply: FastifyReply, fault: AccessFault): FastifyReply {
  return sendProblem(reply, fault.code, fault.message)
}
