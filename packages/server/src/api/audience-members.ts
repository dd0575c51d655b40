import type { AudienceRuleGiven } from '@selfsame/contract'
import {
  belongsTo,
  eventConditionsOf,
  parseDuration,
  snakeCase,
  type AudienceRule,
  type JsonObject,
  type JsonValue,
} from '@selfsame/core'
import { profilesAfter, timesDone, type AudienceProfileRow, type Sql } from '@selfsame/store'

const profilesPerPage = 500

/** The rule as core evaluates it. */
export function ruleOf(given: AudienceRuleGiven): AudienceRule {
  return convert(given)
}

type Written =
  | { readonly all: readonly Written[] }
  | { readonly any: readonly Written[] }
  | { readonly not: Written }
  | { readonly event: string; readonly atLeast: number; readonly within: string | null }
  | Extract<AudienceRule, { readonly field: string }>

function convert(given: Written): AudienceRule {
  if ('all' in given) return { all: given.all.map(convert) }
  if ('any' in given) return { any: given.any.map(convert) }
  if ('not' in given) return { not: convert(given.not) }
  if (!('event' in given)) return given
  const { event, atLeast, within } = given
  return { event, atLeast, withinMs: within === null ? null : parseDuration(within) }
}

/** Those of some profiles that belong to an audience now. */
export async function membersAmong(
  sql: Sql,
  spaceId: string,
  rule: AudienceRule,
  profiles: readonly AudienceProfileRow[],
  nowMs: number,
): Promise<readonly AudienceProfileRow[]> {
  const windows = new Set(eventConditionsOf(rule).map(({ withinMs }) => withinMs))
  const counts = new Map<number | null, ReadonlyMap<string, number>>()
  for (const withinMs of windows) {
    const rows = await timesDone(
      sql,
      spaceId,
      profiles.map(({ profile_id }) => profile_id),
      withinMs === null ? Number.MIN_SAFE_INTEGER : nowMs - withinMs,
    )
    const sums = new Map<string, number>()
    for (const { profile_id, event, times } of rows) {
      const key = JSON.stringify([profile_id, snakeCase(event)])
      sums.set(key, (sums.get(key) ?? 0) + times)
    }
    counts.set(withinMs, sums)
  }
  return profiles.filter((profile) =>
    belongsTo(rule, {
      fields: fieldsOf(profile),
      timesDone: ({ event, withinMs }) => counts.get(withinMs)?.get(JSON.stringify([profile.profile_id, event])) ?? 0,
    }),
  )
}

/** Members by profile id, after one; looks through profiles until there are enough. */
export async function membersAfter(
  sql: Sql,
  spaceId: string,
  rule: AudienceRule,
  after: string,
  limit: number,
  nowMs: number,
): Promise<{ readonly members: readonly AudienceProfileRow[]; readonly next: string | null }> {
  const members: AudienceProfileRow[] = []
  for (let at = after; ; ) {
    const page = await profilesAfter(sql, spaceId, at, profilesPerPage)
    members.push(...(await membersAmong(sql, spaceId, rule, page, nowMs)))
    if (members.length > limit)
      return { members: members.slice(0, limit), next: members[limit - 1]?.profile_id ?? null }
    if (page.length < profilesPerPage) return { members, next: null }
    at = page.at(-1)?.profile_id ?? at
  }
}

/** How many profiles belong to an audience now, and of how many. Other work of the process comes in between. */
export async function countMembers(
  sql: Sql,
  spaceId: string,
  rule: AudienceRule,
  nowMs: number,
): Promise<{ readonly profiles: number; readonly of: number }> {
  let [profiles, of] = [0, 0]
  for (let at = ''; ; ) {
    const page = await profilesAfter(sql, spaceId, at, profilesPerPage)
    profiles += (await membersAmong(sql, spaceId, rule, page, nowMs)).length
    of += page.length
    if (page.length < profilesPerPage) return { profiles, of }
    at = page.at(-1)?.profile_id ?? at
    await new Promise((next) => setImmediate(next))
  }
}

function fieldsOf({ golden }: AudienceProfileRow): JsonObject {
  const { fields } = JSON.parse(golden) as { fields: Readonly<Record<string, { readonly value: JsonValue }>> }
  return Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value]))
}
