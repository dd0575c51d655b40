import {
  chainBetween,
  defaultRuleset,
  nearness,
  parseRuleset,
  stagesOf,
  tryRule,
  type ChainStep,
  type Ruleset,
  type RuleTrial,
  type StoredSighting,
} from '@selfsame/core'
import { UsageFault } from '../exit-code.ts'
import type { OpenRun, RunHeldLink, RunLink, RunRecord } from './open-run.ts'

export interface RecordName {
  readonly source: string
  readonly key: string
}

/** Why two records are in one profile, or why they are not. */
export type Explanation =
  | { readonly outcome: 'same_record'; readonly left: RunRecord }
  | {
      readonly outcome: 'together'
      readonly left: RunRecord
      readonly right: RunRecord
      readonly steps: readonly ExplainedStep[]
    }
  | {
      readonly outcome: 'apart'
      readonly left: RunRecord
      readonly right: RunRecord
      /** Links between the two profiles that a guard refused. */
      readonly held: readonly RunHeldLink[]
      /** The rule that came closest to linking them; null: they have nothing in common that any rule reads. */
      readonly nearest: RuleTrial | null
      /** Where nothing in the rules stopped the two: held links of the groups they belong to. */
      readonly heldAround: readonly RunHeldLink[]
      /** Equal values that are blocked. */
      readonly blocked: readonly { readonly type: string; readonly raw: string }[]
    }

export interface ExplainedStep extends ChainStep<RunLink> {
  /** The value's sightings at both ends; null where the step is a decision. */
  readonly fromSighting: StoredSighting | null
  readonly toSighting: StoredSighting | null
}

/** Looks both records up and explains. Throws `UsageFault` where the run has no such record. */
export async function explainRecords(run: OpenRun, left: RecordName, right: RecordName): Promise<Explanation> {
  const one = await existing(run, left)
  const other = await existing(run, right)
  if (one.source === other.source && one.key === other.key) return { outcome: 'same_record', left: one }
  if (one.profileId !== null && one.profileId === other.profileId) {
    return { outcome: 'together', left: one, right: other, steps: await chainOf(run, one, other, one.profileId) }
  }
  return await whyApart(run, one, other)
}

export function rulesetOfRun(run: OpenRun): Ruleset {
  if (run.file.ruleset === null) return defaultRuleset()
  const result = parseRuleset(run.file.ruleset)
  if (!result.ok) throw new UsageFault(`the ruleset of the run in ${run.folder} has faults; resolve again`)
  return result.ruleset
}

async function existing(run: OpenRun, name: RecordName): Promise<RunRecord> {
  const record = await run.findRecord(name.source, name.key)
  if (record) return record
  const known = run.file.sources.map((source) => source.name)
  if (!known.includes(name.source)) {
    throw new UsageFault(`the run in ${run.folder} has no source "${name.source}"; its sources are ${known.join(', ')}`)
  }
  const elsewhere = await run.sourcesOfKey(name.key)
  const hint = elsewhere.length > 0 ? `; a record of that key is in ${elsewhere.join(', ')}` : ''
  throw new UsageFault(`the run in ${run.folder} has no record ${name.source}:${name.key}${hint}`)
}

async function chainOf(
  run: OpenRun,
  left: RunRecord,
  right: RunRecord,
  profileId: string,
): Promise<readonly ExplainedStep[]> {
  if (left.trace === right.trace) return []
  const chain = chainBetween(await run.linksOf(profileId), left.trace, right.trace)
  if (chain === null) throw new Error(`the links of ${profileId} do not connect its records`)
  return await Promise.all(
    chain.map(async (step) => ({
      ...step,
      fromSighting: await sightingAt(run, step.from.trace, step.link),
      toSighting: await sightingAt(run, step.to.trace, step.link),
    })),
  )
}

/** The value of a link as the trace carries it; for a link between two types of identifier, by value alone. */
async function sightingAt(run: OpenRun, trace: number, link: RunLink): Promise<StoredSighting | null> {
  const sightings = await run.sightingsOfTrace(trace)
  const equal = sightings.filter((sighting) => sighting.value === link.value)
  return equal.find((sighting) => sighting.type === link.type) ?? equal[0] ?? null
}

async function whyApart(run: OpenRun, left: RunRecord, right: RunRecord): Promise<Explanation> {
  const held =
    left.profileId !== null && right.profileId !== null ? await run.heldBetween(left.profileId, right.profileId) : []
  const ruleset = rulesetOfRun(run)
  const lefts = await sightingsAround(run, left)
  const rights = await sightingsAround(run, right)
  const trials = stagesOf(ruleset).map((stage) => tryRule(stage, lefts, rights, ruleset))
  const nearest = trials.reduce<RuleTrial | null>(
    (best, trial) => (nearness(trial) > (best ? nearness(best) : 0) ? trial : best),
    null,
  )
  const heldAround = held.length === 0 && nearest?.stopped === null ? await heldAroundBoth(run, left, right) : []
  return { outcome: 'apart', left, right, held, nearest, heldAround, blocked: await blockedInCommon(run, left, right) }
}

async function heldAroundBoth(run: OpenRun, left: RunRecord, right: RunRecord): Promise<readonly RunHeldLink[]> {
  const profiles = [left, right].flatMap((record) => record.profileId ?? [])
  const found = await Promise.all(profiles.map((profileId) => run.heldOf(profileId, 2)))
  return found.flat()
}

async function sightingsAround(run: OpenRun, record: RunRecord): Promise<readonly StoredSighting[]> {
  return record.profileId === null ? await run.sightingsOfTrace(record.trace) : await run.sightingsOf(record.profileId)
}

async function blockedInCommon(
  run: OpenRun,
  left: RunRecord,
  right: RunRecord,
): Promise<readonly { readonly type: string; readonly raw: string }[]> {
  const blocked = async (record: RunRecord) =>
    (await run.rejectedValues(record.source, record.key)).filter((value) => value.code === 'value.blocked')
  const others = await blocked(right)
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()
  return (await blocked(left)).filter((one) =>
    others.some((other) => other.type === one.type && same(other.raw, one.raw)),
  )
}
