import { publication, publishBody, publishDraftBody, rollbackBody, rulesetVersionParams } from '@selfsame/contract'
import { parseRuleset } from '@selfsame/core'
import type { FastifyInstance } from 'fastify'
import { LaneClosed } from '../engine/engine.ts'
import { RulesetConflict, type PublicationBasis } from '../engine/publication.ts'
import { Problem } from '../http/problem.ts'
import type { ReadingContext } from './reading.ts'
import {
  changesBetween,
  draftOrProblem,
  publishedText,
  readGiven,
  textOfVersion,
  withoutFaults,
} from './ruleset-answers.ts'
import { addWritingRoute } from './writing.ts'

const tag = 'publishing'

interface Wanted {
  readonly spaceId: string
  readonly actor: string
  readonly text: string
  readonly note: string | null
  readonly wait: boolean
  readonly expectedVersion: number | undefined
  /** Revision of the draft that the text comes from; it is dropped with the publication. */
  readonly draftRevision?: number
  readonly audit?: NonNullable<PublicationBasis['audit']>
}

/** Saving and publishing in one step, from a text, the draft, or an older version. */
export function rulesetPublishRoutes(app: FastifyInstance, context: ReadingContext): void {
  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/publish',
      summary: 'Publish a ruleset: it counts at once, for the past as well',
      tag,
      body: publishBody,
      answer: publication,
    },
    async ({ spaceId, actor, body: { note, wait, expectedVersion, ...body } }) => {
      const given = readGiven(body)
      withoutFaults(given)
      return publishText(context, { spaceId, actor, text: given.text, note, wait, expectedVersion })
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/draft/publish',
      summary: 'Publish the draft as it was read, and drop it',
      tag,
      body: publishDraftBody,
      answer: publication,
    },
    async ({ database, spaceId, actor, body: { note, wait, expectedVersion, expectedRevision } }) => {
      const draft = await draftOrProblem(database, spaceId)
      if (draft.revision !== expectedRevision) throw draftMoved(draft.revision)
      withoutFaults({ result: parseRuleset(draft.body) })
      const text = draft.body
      return publishText(context, {
        spaceId,
        actor,
        text,
        note,
        wait,
        expectedVersion,
        draftRevision: expectedRevision,
      })
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/:version/rollback',
      summary: 'Publish an older version again, as a new one',
      tag,
      params: rulesetVersionParams,
      body: rollbackBody,
      answer: publication,
    },
    async ({ database, spaceId, actor, params, body: { note, wait, expectedVersion } }) => {
      const text = await textOfVersion(database, spaceId, params.version)
      const said = note ?? `Back to version ${params.version}`
      return publishText(context, { spaceId, actor, text, note: said, wait, expectedVersion })
    },
  )
}

/** Publishes a text without faults, and says in words what that changes. */
export async function publishText(context: ReadingContext, wanted: Wanted) {
  const { spaceId, actor, text, note, wait, expectedVersion, draftRevision, audit } = wanted
  const before = await publishedText(context.database, spaceId)
  if (expectedVersion !== undefined && expectedVersion !== before.version) {
    throw await versionMoved(context, spaceId, expectedVersion)
  }
  const changes = [...changesBetween(before.body, text)]
  const { runId, done } = await context.engine.startPublication(spaceId, text, actor, note, {
    expectedVersion: expectedVersion ?? null,
    draftRevision: draftRevision ?? null,
    ...(audit && { audit }),
  })
  if (!wait) {
    // The run tells how it ended.
    done.catch(() => undefined)
    return { runId, version: null, changes }
  }
  try {
    return { runId, version: await done, changes }
  } catch (error) {
    if (error instanceof LaneClosed) throw stopped(error)
    if (!(error instanceof RulesetConflict)) throw error
    if (error.what === 'draft') throw draftMoved(error.actual)
    throw await versionMoved(context, spaceId, error.expected)
  }
}

async function versionMoved(context: ReadingContext, spaceId: string, expected: number): Promise<Problem> {
  const now = await publishedText(context.database, spaceId)
  const then = expected > now.version ? null : await textOfVersion(context.database, spaceId, expected)
  return new Problem('ruleset.version_conflict', `version ${now.version} is published, not ${expected}`, {
    more: { version: now.version, changes: then === null ? [] : changesBetween(then, now.body) },
  })
}

/** The server stops: nothing was changed. */
export function stopped(cause: LaneClosed): Problem {
  return new Problem('server.stopping', cause.message, { retryAfterSeconds: 5, cause })
}

function draftMoved(revision: number): Problem {
  return new Problem('ruleset.draft_conflict', 'the draft is another one than the one that was read', {
    more: { revision },
  })
}
