import { auditAnswer, auditCheckpointShape, auditQuery, auditVerdictAnswer, auditVerifyBody } from '@selfsame/contract'
import { auditCheckpoint, auditEntries, verifyAudit } from '@selfsame/store'
import { callerInSpace, type ControlApp, type ControlRouteContext } from './route-context.ts'

export function auditRoutes(app: ControlApp, { database }: ControlRouteContext): void {
  app.get(
    '/audit',
    {
      config: { access: 'identity.view' },
      schema: {
        summary: 'Who changed or decided what in the space, newest first',
        tags: ['audit'],
        querystring: auditQuery,
        response: { 200: auditAnswer },
      },
    },
    async (request) => {
      const { spaceId } = callerInSpace(request)
      const { before = Number.MAX_SAFE_INTEGER, limit = 100 } = request.query
      const entries = await auditEntries(database, spaceId, before, limit)
      const last = entries.at(-1)
      return {
        entries: entries.map(({ seq, at, actor, action, object, details, hash }) => ({
          seq,
          at: new Date(at).toISOString(),
          actor,
          action,
          object,
          details: JSON.parse(details) as Record<string, unknown>,
          hash,
        })),
        next: last && last.seq > 1 && entries.length === limit ? last.seq : null,
      }
    },
  )

  app.get(
    '/audit/checkpoint',
    {
      config: { access: 'identity.view' },
      schema: {
        summary: 'How far the audit log has come; to be kept elsewhere, for verifying later',
        tags: ['audit'],
        response: { 200: auditCheckpointShape },
      },
    },
    async (request) => auditCheckpoint(database, callerInSpace(request).spaceId),
  )

  app.post(
    '/audit/verify',
    {
      config: { access: 'identity.view' },
      schema: {
        summary: 'Walk the chain of the audit log from its beginning, and through checkpoints that were kept',
        tags: ['audit'],
        body: auditVerifyBody,
        response: { 200: auditVerdictAnswer },
      },
    },
    async (request) => {
      const verdict = await verifyAudit(database, callerInSpace(request).spaceId, request.body.checkpoints)
      return verdict.ok
        ? { ok: true, entries: verdict.entries, faultAt: null, because: null }
        : { ok: false, entries: null, faultAt: verdict.seq, because: verdict.because }
    },
  )
}
