import { forEachAtEase, type Pace } from '../pace.ts'
import type { RulesetPlan } from './plan-ruleset.ts'

/** What becomes of the profiles that are there, each in exactly one part. */
export interface ProfileFlows {
  readonly before: number
  readonly after: number
  /** All their records stay together, and come together with those of other profiles. */
  readonly merged: number
  /** Their records part, and none of them meets those of another profile. */
  readonly split: number
  /** Their records part, and some meet those of other profiles. */
  readonly moved: number
  /** They hold the records they held. */
  readonly unchanged: number
  /** All their records belong to nobody any more. */
  readonly dissolved: number
  /** Records whose profile has another id than before. */
  readonly recordsMoved: number
  /** Records that belong to a profile and did not, and the other way round. */
  readonly recordsGained: number
  readonly recordsLost: number
}

/** Profiles that hang together through what changes: who went where. */
export interface Regrouping {
  readonly kind: 'merged' | 'split' | 'moved'
  /** Records of all of them. */
  readonly records: number
  /** Profile id → records. */
  readonly before: ReadonlyMap<string, number>
  readonly after: ReadonlyMap<string, number>
}

/** Where the records of every profile would go. */
export async function profileFlows(
  plan: RulesetPlan,
  pace: Pace,
): Promise<{
  readonly flows: ProfileFlows
  /** Those with the most records first. */
  readonly regroupings: readonly Regrouping[]
}> {
  const profileBefore = new Map(plan.state.traces.map(({ id, profileId }) => [id, profileId]))
  const flow = new Map<string, Map<string, number>>()
  const sources = new Map<string, Set<string>>()
  const sizeBefore = new Map<string, number>()
  const sizeAfter = new Map<string, number>()
  let [recordsMoved, recordsGained, recordsLost] = [0, 0, 0]
  await forEachAtEase(plan.placed, pace, ({ from, to }) => {
    const before = from === null ? null : (profileBefore.get(from) ?? null)
    const after = to === null ? null : (plan.resolved.profileOf.get(to) ?? null)
    if (before !== null) sizeBefore.set(before, (sizeBefore.get(before) ?? 0) + 1)
    if (after !== null) sizeAfter.set(after, (sizeAfter.get(after) ?? 0) + 1)
    if (before === null && after !== null) recordsGained++
    if (before !== null && after === null) recordsLost++
    if (before === null || after === null) return
    if (before !== after) recordsMoved++
    const goes = flow.get(before) ?? new Map<string, number>()
    flow.set(before, goes.set(after, (goes.get(after) ?? 0) + 1))
    sources.set(after, (sources.get(after) ?? new Set()).add(before))
  })
  const count = { merged: 0, split: 0, moved: 0, unchanged: 0, dissolved: 0 }
  const kindOf = new Map<string, Regrouping['kind']>()
  for (const id of sizeBefore.keys()) {
    const parts = [...(flow.get(id)?.keys() ?? [])]
    const meets = parts.some((part) => (sources.get(part)?.size ?? 0) > 1)
    const kind =
      parts.length > 1 ? (meets ? 'moved' : 'split') : parts.length === 0 ? 'dissolved' : meets ? 'merged' : 'unchanged'
    count[kind]++
    if (kind === 'merged' || kind === 'split' || kind === 'moved') kindOf.set(id, kind)
  }
  return {
    flows: {
      before: sizeBefore.size,
      after: plan.resolved.profiles.length,
      ...count,
      recordsMoved,
      recordsGained,
      recordsLost,
    },
    regroupings: regroup(kindOf, flow, sources, sizeBefore, sizeAfter),
  }
}

/** Follows profiles back and forth until nobody new turns up. */
function regroup(
  kindOf: ReadonlyMap<string, Regrouping['kind']>,
  flow: ReadonlyMap<string, ReadonlyMap<string, number>>,
  sources: ReadonlyMap<string, ReadonlySet<string>>,
  sizeBefore: ReadonlyMap<string, number>,
  sizeAfter: ReadonlyMap<string, number>,
): readonly Regrouping[] {
  const seen = new Set<string>()
  const found: Regrouping[] = []
  for (const start of [...kindOf.keys()].sort()) {
    if (seen.has(start)) continue
    const before = new Map<string, number>()
    const after = new Map<string, number>()
    const waiting = [start]
    seen.add(start)
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      before.set(id, sizeBefore.get(id) ?? 0)
      for (const part of flow.get(id)?.keys() ?? []) {
        after.set(part, sizeAfter.get(part) ?? 0)
        for (const other of sources.get(part) ?? []) {
          if (seen.has(other)) continue
          seen.add(other)
          waiting.push(other)
        }
      }
    }
    const kinds = new Set([...before.keys()].map((id) => kindOf.get(id)))
    const kind = kinds.has('moved') || kinds.size > 1 ? 'moved' : (kindOf.get(start) ?? 'moved')
    found.push({ kind, records: [...before.values()].reduce((sum, size) => sum + size, 0), before, after })
  }
  return found.sort((a, b) => b.records - a.records || (firstOf(a) < firstOf(b) ? -1 : 1))
}

function firstOf({ before }: Regrouping): string {
  return [...before.keys()].sort()[0] ?? ''
}
