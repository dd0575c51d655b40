import {
  eventsAnswer,
  graphAnswer,
  graphQuery,
  heldLinksAnswer,
  historyAnswer,
  identifiersAnswer,
  linksAnswer,
  pageQuery,
  profileAnswer,
  profileParams,
  recordsAnswer,
  type GraphAnswer,
} from '@selfsame/contract'
import {
  heldLinks,
  identifiersOf,
  latestRecords,
  linksOfProfile,
  profileDetail,
  profileEvents,
  profileHistory,
  sharedAmong,
  tracesOfProfiles,
  quietValues,
  valueText,
  whichProfile,
  type ProfileDetailRow,
  type TraceView,
} from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import {
  changeOf,
  heldLinkOf,
  identifierOf,
  instantOrNull,
  linkOf,
  pageText,
  profileOf,
  recordText,
} from './answers.ts'
import { addReadingRoute, JsonText, type ReadingContext } from './reading.ts'

const tag = 'profiles'
/** Traces of one profile that are looked at for its identifiers; the guards keep nearly all profiles far below. */
const mostTraces = 20_000

/** The profile pages. An old id leads to the profile that holds its records now. */
export function profileRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id',
      summary: 'A profile by its id, or by any id that ever led to it',
      tag,
      params: profileParams,
      answer: profileAnswer,
    },
    async ({ spaceId, params }) => profileOf(await currentProfile(context, spaceId, params.id), params.id),
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/events',
      summary: 'The records of a profile, the latest first',
      tag,
      params: profileParams,
      query: pageQuery,
      answer: eventsAnswer,
    },
    async ({ spaceId, params, query, after, next }) => {
      const id = await currentId(context, spaceId, params.id)
      const page = await profileEvents(context.database, spaceId, id, { limit: query.limit, after: await after() })
      return new JsonText(
        pageText(
          page.rows.map((row) => recordText(row)),
          await next(page.next),
        ),
      )
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/identifiers',
      summary: 'Everything that identifies a profile: values with their state, times and channels',
      tag,
      params: profileParams,
      answer: identifiersAnswer,
    },
    async ({ spaceId, params }) => {
      const { items, complete } = await identifiersOfProfile(context, spaceId, params.id, mostTraces)
      return { items: items.map(identifierOf), complete }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/links',
      summary: 'What joined the records of a profile',
      tag,
      params: profileParams,
      query: pageQuery,
      answer: linksAnswer,
    },
    async ({ spaceId, params, query, after, next }) => {
      const id = await currentId(context, spaceId, params.id)
      const page = await linksOfProfile(context.database, spaceId, id, { limit: query.limit, after: await after() })
      return { items: page.rows.map(linkOf), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/held-links',
      summary: 'What a guard keeps apart from a profile, and why',
      tag,
      params: profileParams,
      query: pageQuery,
      answer: heldLinksAnswer,
    },
    async ({ spaceId, params, query, after, next }) => {
      const id = await currentId(context, spaceId, params.id)
      const page = await heldLinks(context.database, spaceId, id, { limit: query.limit, after: await after() })
      return { items: page.rows.map(heldLinkOf), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/history',
      summary: 'What happened to a profile and to those that were merged into it, the latest first',
      tag,
      params: profileParams,
      query: pageQuery,
      answer: historyAnswer,
    },
    async ({ spaceId, params, query, after, next }) => {
      const id = await currentId(context, spaceId, params.id)
      const page = await profileHistory(context.database, spaceId, id, { limit: query.limit, after: await after() })
      return { items: page.rows.map(changeOf), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/graph',
      summary: 'The identity graph of a profile: values, the records that carry them, and what joined these',
      tag,
      params: profileParams,
      query: graphQuery,
      answer: graphAnswer,
    },
    async ({ spaceId, params, query }) => graphOf(context, spaceId, params.id, query.traces),
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/records',
      summary: 'The records of the space, the last stored first, each with the profile it belongs to',
      tag: 'records',
      query: pageQuery,
      answer: recordsAnswer,
    },
    async ({ spaceId, query, after, next }) => {
      const page = await latestRecords(context.database, spaceId, { limit: query.limit, after: await after() })
      return new JsonText(
        pageText(
          page.rows.map((row) => recordText(row, { profileId: row.profile_id })),
          await next(page.next),
        ),
      )
    },
  )
}

/** Where an id leads. Throws `profile.unknown`, alike for an id of another space and for none, or `profile.gone`. */
export async function currentId(context: ReadingContext, spaceId: string, id: string): Promise<string> {
  const lead = await whichProfile(context.database, spaceId, id)
  if (!lead) throw new Problem('profile.unknown', 'there is no such profile')
  if (lead.current !== null) return lead.current
  throw new Problem('profile.gone', lead.erased ? 'the profile was erased' : 'its records were deleted at their source')
}

export async function currentProfile(context: ReadingContext, spaceId: string, id: string): Promise<ProfileDetailRow> {
  const row = await profileDetail(context.database, spaceId, await currentId(context, spaceId, id))
  if (!row) throw new Problem('profile.unknown', 'there is no such profile')
  return row
}

/** Identifier values of a profile, with the traces they were gathered from. */
export async function identifiersOfProfile(context: ReadingContext, spaceId: string, id: string, most: number) {
  const profile = await currentProfile(context, spaceId, id)
  const traces = await tracesOfProfiles(context.database, spaceId, [profile.profile_id], most + 1)
  const shown = traces.slice(0, most)
  const { ruleset } = await context.engine.ruleset(spaceId)
  const types = ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name]))
  const shared = await sharedAmong(
    context.database,
    spaceId,
    shown.flatMap(({ sightings }) => sightings),
  )
  return {
    profile,
    traces: shown,
    items: identifiersOf(shown, types, quietValues(profile, shared)),
    complete: traces.length <= most,
  }
}

/** Links shown in one graph at most, per trace that is shown. */
const linksPerTrace = 4

async function graphOf(context: ReadingContext, spaceId: string, id: string, most: number): Promise<GraphAnswer> {
  const { profile, traces, items, complete } = await identifiersOfProfile(context, spaceId, id, most)
  const links = await linksOfProfile(context.database, spaceId, profile.profile_id, {
    limit: most * linksPerTrace,
    after: null,
  })
  const places = new Map(traces.map(({ traceId }, place) => [traceId, `t${place + 1}`]))
  const names = new Map(items.map((item, place) => [valueText(item), `i${place + 1}`]))
  return {
    profileId: profile.profile_id,
    identifiers: items.map((item) => ({ id: names.get(valueText(item)) ?? '', ...identifierOf(item) })),
    traces: traces.map((trace) => ({ id: places.get(trace.traceId) ?? '', ...traceNode(trace) })),
    sightings: traces.flatMap(({ traceId, sightings }) =>
      sightings.flatMap((sighting) => {
        const identifier = names.get(valueText(sighting))
        const trace = places.get(traceId)
        return identifier && trace ? [{ trace, identifier, verified: sighting.verified }] : []
      }),
    ),
    links: links.rows.flatMap((row) => {
      const left = places.get(row.left_trace)
      const right = places.get(row.right_trace)
      const { rule, type, value, decision_id: decision } = row
      return left && right ? [{ left, right, rule, type, value, decision }] : []
    }),
    complete: complete && links.next === null,
  }
}

function traceNode(trace: TraceView) {
  return {
    source: trace.source,
    kind: trace.kind,
    senior: { source: trace.source, key: trace.seniorKey },
    recordCount: trace.recordCount,
    firstSeen: instantOrNull(trace.firstSeen),
    lastSeen: instantOrNull(trace.lastSeen),
    unresolvedReason: trace.unresolvedReason,
  }
}
