import type { Evidence } from '@selfsame/core'
import { appendAudit, isCountedInHour, type MetricStep, type Sql } from '@selfsame/store'
import type { SpaceRules } from './space-rules.ts'

/**
 * How many records of each public source claim to be of a person (a customer or user id) without the proof of the source's
 * secret. Such an id links nothing; who watches wants to know that somebody tries.
 */
export function unprovedIds(
  evidence: readonly (Evidence | null)[],
  { ruleset }: Pick<SpaceRules, 'ruleset'>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const anchors = new Set(
    ruleset.identifiers.flatMap(({ name, kind, session }) => (kind === 'anchor' && !session ? [name] : [])),
  )
  for (const found of evidence) {
    if (found === null || ruleset.sources.get(found.source)?.class !== 'public') continue
    if (!found.sightings.some(({ type, verified }) => !verified && anchors.has(type))) continue
    counts.set(found.source, (counts.get(found.source) ?? 0) + 1)
  }
  return counts
}

const metric = 'records_unproved'

/** Counts such records, and writes the first of a source in every hour into the audit log. */
export async function noteUnprovedIds(
  sql: Sql,
  spaceId: string,
  at: number,
  counts: ReadonlyMap<string, number>,
): Promise<readonly MetricStep[]> {
  for (const source of [...counts.keys()].sort()) {
    if (await isCountedInHour(sql, spaceId, metric, source, at)) continue
    const entry = { at, actor: 'system', action: 'id.unproved', object: source, details: {} }
    await appendAudit(sql, spaceId, entry)
  }
  return [...counts].map(([label, value]) => ({ name: metric, label, value }))
}
