import type { FastifyReply } from 'fastify'
import type { AccessRefused } from '../access/guard-routes.ts'
import { sendProblem } from './problem.ts'

export function sendRefusal(reply: FastifyReply, error: AccessRefused): FastifyReply {
  if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="selfsame"')
  return sendProblem(reply, error.code, error.message)
}
