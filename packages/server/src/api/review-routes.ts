import {
  blockedValuesAnswer,
  blockedValuesQuery,
  candidateAnswer,
  candidateParams,
  candidatesAnswer,
  candidatesQuery,
  heldLinksAnswer,
  pageQuery,
  sharedValuesAnswer,
  unresolvedAnswer,
} from '@selfsame/contract'
import { compareText, evidenceReader, type JsonObject, parseJson, type RejectedValue } from '@selfsame/core'
import {
  candidateRows,
  findCandidate,
  heldLinks,
  latestRecords,
  profileRows,
  sharedValueRows,
  unresolvedRows,
} from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import { candidateOf, heldLinkOf, identifierOf, profileOf } from './answers.ts'
import { identifiersOfProfile } from './profile-routes.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'

const tag = 'review'
/** Traces that are looked at for one side of a candidate. */
const mostTraces = 2_000

/** What waits for a person, and what links nobody. */
export function reviewRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/candidates',
      summary: 'The merge review queue',
      tag,
      query: candidatesQuery,
      answer: candidatesAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const { limit, cursor: _, ...filter } = query
      const page = await candidateRows(database, spaceId, filter, { limit, after: await after() })
      const ids = page.rows.flatMap((row) => [row.survivor_profile, row.session_profile])
      const names = await profileRows(database, spaceId, ids)
      return { items: page.rows.map((row) => candidateOf(row, names)), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/candidates/:id',
      summary: 'A candidate with both profiles side by side',
      tag,
      params: candidateParams,
      answer: candidateAnswer,
    },
    async ({ database, spaceId, params }) => {
      const row = await findCandidate(database, spaceId, params.id)
      if (!row) throw new Problem('candidate.unknown', 'there is no such candidate')
      const names = await profileRows(database, spaceId, [row.survivor_profile, row.session_profile])
      const sideOf = async (id: string) => {
        const { profile, items } = await identifiersOfProfile(context, spaceId, id, mostTraces)
        return { profile: profileOf(profile, id), identifiers: items.map(identifierOf) }
      }
      const [survivor, session] = await Promise.all([sideOf(row.survivor_profile), sideOf(row.session_profile)])
      return { ...candidateOf(row, names), sides: { survivor, session } }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/held-links',
      summary: 'Strong links that a guard refused',
      tag,
      query: pageQuery,
      answer: heldLinksAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await heldLinks(database, spaceId, null, { limit: query.limit, after: await after() })
      return { items: page.rows.map(heldLinkOf), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/unresolved',
      summary: 'Records that a guard keeps apart from something they are strongly linked to',
      tag,
      query: pageQuery,
      answer: unresolvedAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await unresolvedRows(database, spaceId, { limit: query.limit, after: await after() })
      const items = page.rows.map((row) => ({
        source: row.source,
        key: row.record_key,
        profileId: row.profile_id,
        unresolvedReason: row.unresolved_reason,
        conflictReasons: row.conflict_reasons,
      }))
      return { items, next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/shared-values',
      summary: 'Values in quarantine: so many different people carry them that they link nobody',
      tag,
      query: pageQuery,
      answer: sharedValuesAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await sharedValueRows(database, spaceId, { limit: query.limit, after: await after() })
      const items = page.rows.map((row) => ({
        type: row.type,
        value: row.value,
        because: row.shared_because,
        count: row.shared_count,
        limit: row.shared_limit,
        verifiedTraces: row.verified_traces,
        unverifiedTraces: row.unverified_traces,
      }))
      return { items, next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/blocked-values',
      summary: 'Values that the last stored records carry and that link nobody: blocked ones and rejected ones',
      tag,
      query: blockedValuesQuery,
      answer: blockedValuesAnswer,
    },
    async ({ spaceId, query }) => blockedValues(context, spaceId, query.records),
  )
}

/** Reads the last records again with the published ruleset: what is rejected stands in no table. */
async function blockedValues(context: ReadingContext, spaceId: string, records: number) {
  const { ruleset } = await context.engine.ruleset(spaceId)
  const read = evidenceReader(ruleset)
  const { rows } = await latestRecords(context.database, spaceId, { limit: records, after: null })
  const found = new Map<string, { rejected: RejectedValue; count: number; source: string; key: string }>()
  for (const row of rows) {
    const { rejected } = read({
      source: row.source,
      key: row.record_key,
      kind: row.kind,
      event: row.event,
      observedAt: row.observed_at,
      receivedAt: row.received_at,
      payload: parseJson(row.payload) as JsonObject,
    })
    for (const one of rejected) {
      const text = JSON.stringify([one.type, one.raw, one.code])
      const known = found.get(text)
      found.set(text, {
        rejected: one,
        count: (known?.count ?? 0) + 1,
        source: known?.source ?? row.source,
        key: known?.key ?? row.record_key,
      })
    }
  }
  const items = [...found.values()]
    .sort(
      (a, b) =>
        b.count - a.count ||
        compareText(a.rejected.type, b.rejected.type) ||
        compareText(a.rejected.raw, b.rejected.raw) ||
        compareText(a.rejected.code, b.rejected.code),
    )
    .map(({ rejected, count, source, key }) => ({
      type: rejected.type,
      value: rejected.raw,
      code: rejected.code,
      recordCount: count,
      example: { source, key },
    }))
  return { recordsRead: rows.length, items }
}
