import { lookupAnswer, lookupRequest, searchAnswer, searchRequest } from '@selfsame/contract'
import { standardizeValue, type IdentifierType, type Ruleset } from '@selfsame/core'
import {
  holdersByBeginning,
  holdersOf,
  latestProfiles,
  profileOfRecord,
  profileRows,
  profilesByName,
  whichProfile,
  type PageKey,
  type ProfileRow,
} from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import { summaryOf } from './answers.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'

const tag = 'profiles'
const mostHolders = 100

/** Look-up and search are POST: an address never stands in a URL. */
export function findRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/lookup',
      summary: 'The profiles that hold an identifier, written in any way, or a record',
      tag,
      body: lookupRequest,
      answer: lookupAnswer,
    },
    async ({ spaceId, body: { type, value, record } }) => {
      if (record) return lookupRecord(context, spaceId, record)
      const { ruleset } = await context.engine.ruleset(spaceId)
      const asked = typesAsked(ruleset, type).map((known) => ({
        name: known.name,
        ...readAs(known, value ?? '', ruleset),
      }))
      const found = await Promise.all(
        asked.map(async ({ name, value: standard }) =>
          standard === null ? null : holdersOf(context.database, spaceId, name, standard, mostHolders),
        ),
      )
      const holders = found.flatMap((one) => one?.holders ?? [])
      const profiles = await profileRows(
        context.database,
        spaceId,
        holders.map(({ profile_id }) => profile_id),
      )
      return {
        asked: asked.map(({ name, value: standard, rejected }, place) => ({
          type: name,
          value: standard,
          rejected,
          shared: found[place]?.shared ?? false,
          more: found[place]?.more ?? false,
        })),
        items: holders.flatMap((holder) => {
          const profile = profiles.get(holder.profile_id)
          const { type: heldType, value: heldValue, verified } = holder
          return profile
            ? [{ type: heldType, value: heldValue, verified: verified === 1, profile: summaryOf(profile) }]
            : []
        }),
      }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/search',
      summary: 'Profiles by id, by an identifier or its beginning, or by the beginning of a name',
      tag,
      body: searchRequest,
      answer: searchAnswer,
    },
    async ({ spaceId, body: { query, limit }, after, next }) => {
      const { items, key } = await search(context, spaceId, query.trim(), limit, await after())
      return { items: [...items], next: await next(key) }
    },
  )
}

async function lookupRecord(context: ReadingContext, spaceId: string, record: { source: string; key: string }) {
  const found = await profileOfRecord(context.database, spaceId, record)
  const id = found?.profileId ?? null
  const profile = id === null ? undefined : (await profileRows(context.database, spaceId, [id])).get(id)
  return {
    asked: [],
    items: profile ? [{ type: null, value: null, verified: true, profile: summaryOf(profile) }] : [],
  }
}

function typesAsked(ruleset: Ruleset, type: string | undefined): readonly IdentifierType[] {
  const identifying = ruleset.identifiers.filter(({ kind }) => kind !== 'attribute')
  if (type === undefined) return identifying
  const known = identifying.filter(({ name }) => name === type)
  if (known.length === 0) throw new Problem('identifier.unknown', 'the ruleset has no anchor or claim of that name')
  return known
}

function readAs(
  type: IdentifierType,
  raw: string,
  ruleset: Ruleset,
): { readonly value: string | null; readonly rejected: string | null } {
  const result = standardizeValue(raw, type.standardize, ruleset)
  return result.ok ? { value: result.value, rejected: null } : { value: null, rejected: result.code }
}

interface Found {
  readonly foundBy: 'id' | 'identifier' | 'name' | 'recency'
  readonly type: string | null
  readonly value: string | null
  readonly profile: ReturnType<typeof summaryOf>
}

/** Shorter beginnings of identifiers are not searched: they would find half of a space. */
const shortestBeginning = 3

/**
 * Goes through the ways to find a profile, one after the other, and stops where the page is full. A key is the way's place and
 * where it stopped.
 */
async function search(
  context: ReadingContext,
  spaceId: string,
  query: string,
  limit: number,
  from: PageKey | null,
): Promise<{ readonly items: readonly Found[]; readonly key: PageKey | null }> {
  const ways = await waysToFind(context, spaceId, query)
  const items = new Map<string, Found>()
  let [place, ...after] = (from ?? [0]) as [number, ...PageKey]
  for (; place < ways.length; place++, after = []) {
    const way = ways[place]
    if (!way) break
    const page = await way(limit - items.size, after.length === 0 ? null : after)
    for (const found of page.found) if (!items.has(found.profile.profileId)) items.set(found.profile.profileId, found)
    if (page.next !== null) return { items: [...items.values()], key: [place, ...page.next] }
    if (items.size >= limit && place + 1 < ways.length) return { items: [...items.values()], key: [place + 1] }
  }
  return { items: [...items.values()], key: null }
}

type Way = (
  limit: number,
  after: PageKey | null,
) => Promise<{ readonly found: readonly Found[]; readonly next: PageKey | null }>

async function waysToFind(context: ReadingContext, spaceId: string, query: string): Promise<readonly Way[]> {
  const { database } = context
  if (query === '') {
    return [
      async (limit, after) => {
        const page = await latestProfiles(database, spaceId, { limit, after })
        return { found: page.rows.map((row) => foundAs('recency', row)), next: page.next }
      },
    ]
  }
  const { ruleset } = await context.engine.ruleset(spaceId)
  const identifying = ruleset.identifiers.filter(({ kind }) => kind !== 'attribute')
  const exact: Way = async (limit, after) => {
    const lead = await whichProfile(database, spaceId, query)
    const holders = await Promise.all(
      identifying.map(async (type) => {
        const { value } = readAs(type, query, ruleset)
        return value === null ? [] : (await holdersOf(database, spaceId, type.name, value, mostHolders)).holders
      }),
    )
    const known = await profileRows(database, spaceId, [
      ...(lead?.current == null ? [] : [lead.current]),
      ...holders.flat().map(({ profile_id }) => profile_id),
    ])
    const byId = lead?.current == null ? undefined : known.get(lead.current)
    const found = [
      ...(byId ? [foundAs('id', byId)] : []),
      ...holders.flat().flatMap(({ profile_id, type, value }) => {
        const row = known.get(profile_id)
        return row ? [foundAs('identifier', row, type, value)] : []
      }),
    ]
    const end = Number(after?.[0] ?? 0) + limit
    return { found: found.slice(end - limit, end), next: end < found.length ? [end] : null }
  }
  const beginnings = [...new Set([query, query.toLowerCase()])].filter((text) => [...text].length >= shortestBeginning)
  const byBeginning = identifying.flatMap((type) =>
    beginnings.map(
      (beginning): Way =>
        async (limit, after) => {
          const page = await holdersByBeginning(database, spaceId, type.name, beginning, { limit, after })
          const known = await profileRows(
            database,
            spaceId,
            page.rows.map(({ profile_id }) => profile_id),
          )
          const found = page.rows.flatMap(({ profile_id, value }) => {
            const row = known.get(profile_id)
            return row ? [foundAs('identifier', row, type.name, value)] : []
          })
          return { found, next: page.next }
        },
    ),
  )
  const byName: Way = async (limit, after) => {
    const page = await profilesByName(database, spaceId, query, { limit, after })
    return { found: page.rows.map((row) => foundAs('name', row)), next: page.next }
  }
  return [exact, byName, ...byBeginning]
}

function foundAs(
  foundBy: Found['foundBy'],
  row: ProfileRow,
  type: string | null = null,
  value: string | null = null,
): Found {
  return { foundBy, type, value, profile: summaryOf(row) }
}
