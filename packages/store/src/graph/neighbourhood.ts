import type { Decision, LiveTrace, LocatedRecord, Neighbourhood, Reach, SharedValue, Suggestion } from '@selfsame/core'
import { recordText } from '@selfsame/core'
import type { Sql } from '../sql/sql.ts'
import { aliasesTouching, type StoredAlias } from './aliases.ts'
import { decisionsNaming, locateNamedRecords } from './decisions.ts'
import { CrowdCounts } from './crowd-counts.ts'
import { findValues } from './sightings.ts'
import { tracesById, tracesByProfile, tracesByValue, type StoredTrace } from './traces.ts'

/** What changed, and what is therefore looked at again. */
export interface Disturbance {
  /** Traces as they will be, by id: new ones, and those of the store that changed. */
  readonly drafts: ReadonlyMap<string, StoredTrace>
  /** Traces of the store that only got more records of the kind they had: they draw nobody in, but count as they will be. */
  readonly grown?: ReadonlyMap<string, StoredTrace>
  /** Traces of the store that are no more. */
  readonly removed: ReadonlySet<string>
  /** Traces as the store has them, for every changed or removed one. */
  readonly before: readonly StoredTrace[]
  /** Traces of the store that did not change, and are looked at again all the same. */
  readonly again?: readonly StoredTrace[]
  /** Of the traces of `before` those that the present answers know nothing of: they came while everything was resolved anew. */
  readonly unanswered?: ReadonlySet<string>
  /** Aliases that are new, by record. */
  readonly aliases: readonly StoredAlias[]
  /** Values all of whose holders are looked at, however the neighbourhood grows otherwise. */
  readonly turned?: readonly { readonly type: string; readonly value: string }[]
}

export interface LoadedNeighbourhood extends Neighbourhood {
  /** All traces as the store has them, by id. */
  readonly stored: ReadonlyMap<string, StoredTrace>
  readonly aliases: readonly StoredAlias[]
  /** Values of it that the store has as shared. */
  readonly sharedBefore: readonly { readonly type: string; readonly value: string }[]
}

export interface NeighbourhoodOptions {
  /** See `Ruleset.crowdAbove`. */
  readonly crowdAbove: number
  /** Anchors and claims. */
  readonly keyTypes: ReadonlySet<string>
  readonly reach: ReadonlyMap<string, Reach>
  /** The decision an alias stands for, made from the traces around it; null: it decides nothing. */
  readonly decisionOfAlias: (alias: StoredAlias, traces: readonly LiveTrace[]) => Decision | null
  /** What an alias of a public source suggests; null: nothing. */
  readonly suggestionOfAlias: (alias: StoredAlias, traces: readonly LiveTrace[]) => Suggestion | null
}

/** Gathers everything a disturbance could possibly touch, round by round. */
export async function loadNeighbourhood(
  sql: Sql,
  spaceId: string,
  {
    drafts,
    grown = new Map(),
    removed,
    before,
    again = [],
    unanswered = new Set(),
    aliases: newAliases,
    turned = [],
  }: Disturbance,
  { reach, crowdAbove, keyTypes, decisionOfAlias, suggestionOfAlias }: NeighbourhoodOptions,
): Promise<LoadedNeighbourhood> {
  const stored = new Map<string, StoredTrace>()
  const asked = new Set<string>()
  const known = new Map<string, SharedValue>()
  const sharedBefore = new Map<string, { readonly type: string; readonly value: string }>()
  const aliases = new Map<string, StoredAlias>()
  const decisions = new Map<string, Decision>()
  const located = new Map<string, LocatedRecord>()
  // A shared value that loses a holder may be shared no longer: then all its holders count.
  const losing = new Set(before.flatMap((trace) => trace.sightings.filter(({ verified }) => verified).map(valueText)))
  let frontier: Wanted[] = []

  const want = (type: string, value: string, holders: Wanted['verified_only'], always = false) => {
    const text = JSON.stringify([type, value, holders, always])
    if (asked.has(text)) return
    asked.add(text)
    frontier.push({ type, value, verified_only: holders, always })
  }
  const follow = (trace: LiveTrace) => {
    for (const { type, value, verified } of trace.sightings) {
      if (!verified && keyTypes.has(type)) want(type, value, noHolders)
      const found = reach.get(type)
      if (!found) continue
      const holders = found.verifiedOnly ? (verified ? verifiedHolders : noHolders) : anyHolders
      for (const name of found.types) want(name, value, holders)
    }
  }
  const takeAlias = (alias: StoredAlias) => {
    const id = recordText({ source: alias.source, key: alias.record_key })
    if (aliases.has(id)) return
    aliases.set(id, alias)
    want('user_id', alias.user_id, anyHolders, true)
    want('user_id', alias.previous_id, anyHolders, true)
    want('anonymous_id', alias.previous_id, anyHolders, true)
  }
  const take = (traces: readonly StoredTrace[]): readonly StoredTrace[] => {
    const fresh = traces.filter(({ id }) => !stored.has(id))
    for (const trace of fresh) {
      stored.set(trace.id, trace)
      follow(trace)
    }
    return fresh
  }

  for (const draft of drafts.values()) follow(draft)
  for (const alias of newAliases) takeAlias(alias)
  for (const { type, value } of turned) want(type, value, anyHolders, true)
  let fresh = take([...before, ...again])
  const crowd = new CrowdCounts({ drafts, removed, unanswered }, stored, { crowdAbove, keyTypes })
  for (const { type, value } of crowd.turning(await findValues(sql, spaceId, crowd.changing()))) {
    want(type, value, anyHolders, true)
  }
  let freshDrafts: readonly LiveTrace[] = [...drafts.values()]
  for (;;) {
    const profiles = [...new Set(fresh.flatMap(({ profileId }) => (profileId === null ? [] : [profileId])))]
    const mates = take(await tracesByProfile(sql, spaceId, profiles))
    const wanted = frontier
    frontier = []
    const values = await findValues(sql, spaceId, wanted)
    const sharedNow = new Map<string, SharedValue>()
    for (const found of values) {
      const { type, value, shared_because, shared_count, shared_limit } = found
      crowd.note(found)
      if (shared_because === null) continue
      sharedBefore.set(valueText({ type, value }), { type, value })
      if (losing.has(valueText({ type, value }))) continue
      const entry = { type, value, because: shared_because, count: shared_count ?? 0, limit: shared_limit ?? 0 }
      sharedNow.set(valueText({ type, value }), entry)
      known.set(valueText({ type, value }), entry)
    }
    const held = take(
      await tracesByValue(
        sql,
        spaceId,
        wanted
          .filter((one) => one.verified_only !== noHolders && (one.always || !sharedNow.has(valueText(one))))
          // What a crowd carries unverified meets nobody.
          .map((one) => (!one.always && crowd.has(one) ? { ...one, verified_only: verifiedHolders } : one)),
      ),
    )
    const around = [...fresh, ...mates, ...held, ...freshDrafts]
    for (const alias of await aliasesTouching(sql, spaceId, idsOf(around))) takeAlias(alias)
    const named = await decisionsNaming(
      sql,
      spaceId,
      around.map(({ id }) => id),
      [...decisions.keys()],
    )
    for (const decision of named) decisions.set(decision.id, decision)
    const places = await locateNamedRecords(
      sql,
      spaceId,
      named.map(({ id }) => id),
    )
    for (const { source, key, traceId, effectiveAt } of places) {
      located.set(recordText({ source, key }), { traceId, effectiveAt })
    }
    const further = take(await tracesById(sql, spaceId, [...new Set(places.map(({ traceId }) => traceId))]))
    fresh = [...mates, ...held, ...further]
    freshDrafts = []
    if (fresh.length === 0 && frontier.length === 0) break
  }

  const traces = [...new Map<string, LiveTrace>([...stored, ...drafts])].flatMap(([id, trace]) =>
    removed.has(id) ? [] : [grown.get(id) ?? trace],
  )
  for (const trace of traces) {
    located.set(recordText({ source: trace.source, key: trace.seniorKey }), {
      traceId: trace.id,
      effectiveAt: trace.seniorAt,
    })
  }
  const ofAliases = [...aliases.values()].flatMap((alias) => decisionOfAlias(alias, traces) ?? [])
  return {
    traces,
    stored,
    decisions: [...decisions.values(), ...ofAliases],
    suggestions: [...aliases.values()].flatMap((alias) => suggestionOfAlias(alias, traces) ?? []),
    located,
    shared: [...known.values()],
    crowded: crowd.crowded(),
    aliases: [...aliases.values()],
    sharedBefore: [...sharedBefore.values()],
  }
}

interface Wanted {
  readonly type: string
  readonly value: string
  /** Least trust of the holders that are looked for; with `noHolders` it is only asked whether the value is shared. */
  readonly verified_only: typeof anyHolders | typeof verifiedHolders | typeof noHolders
  /** true: also where the value is shared. */
  readonly always: boolean
}

const anyHolders = 0
const verifiedHolders = 1
const noHolders = 2

function valueText({ type, value }: { readonly type: string; readonly value: string }): string {
  return JSON.stringify([type, value])
}

/** Values that an alias may name. */
function idsOf(traces: readonly LiveTrace[]): readonly { readonly type: string; readonly value: string }[] {
  return traces.flatMap(({ sightings }) =>
    sightings.filter(({ type }) => type === 'user_id' || type === 'anonymous_id'),
  )
}
