import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Access } from '../../access/access.ts'
import { actorOf, type Principal } from '../../access/principal.ts'
import type { ControlContext } from '../control-context.ts'
import { ControlFault } from '../control-fault.ts'
import type { Reach } from '../sources.ts'

/** What the routes of this room use. */
export interface ControlRouteContext extends ControlContext {
  readonly access: Access
  readonly workspaceId: string
}

/** An instance whose routes take their types from zod schemas. */
export type ControlApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** Who asks, on a route that the guard lets nobody unknown through to. */
export interface Caller {
  readonly principal: Principal
  readonly actor: string
  readonly reach: Reach
}

export function callerOf({ principal }: FastifyRequest): Caller {
  if (!principal) throw new Error('a route without a caller stands behind the guard')
  return { principal, actor: actorOf(principal), reach: reachOf(principal) }
}

/** The caller and the one space it acts in. */
export function callerInSpace(request: FastifyRequest): Caller & { readonly spaceId: string } {
  const caller = callerOf(request)
  const { principal } = caller
  if (principal.kind === 'write_key' || principal.spaceId === null) {
    throw new ControlFault('space.unknown', 'there is no such space')
  }
  return { ...caller, spaceId: principal.spaceId }
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function reachOf(principal: Principal): Reach {
  const { workspaceId } = principal
  if (principal.kind === 'person') {
    return { workspaceId, spaceId: principal.workspaceAdmin ? null : (principal.spaceId ?? '') }
  }
  return { workspaceId, spaceId: principal.kind === 'api_key' ? principal.spaceId : '' }
}
