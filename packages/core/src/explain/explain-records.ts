import { stagesOf } from '../resolve/stages.ts'
import { chainBetween, type ChainStep } from './chain.ts'
import type {
  ExplainedDecision,
  ExplainedHeldLink,
  ExplainedLink,
  ExplainedRecord,
  ExplainedWorld,
} from './explained-world.ts'
import type { StoredSighting } from './stored-sighting.ts'
import { nearness, tryRule, type RuleTrial } from './try-rule.ts'

export interface RecordName {
  readonly source: string
  readonly key: string
}

/** Why two records are in one profile, or why they are not. */
export type Explanation =
  | { readonly outcome: 'same_record'; readonly left: ExplainedRecord }
  | {
      readonly outcome: 'together'
      readonly left: ExplainedRecord
      readonly right: ExplainedRecord
      readonly steps: readonly ExplainedStep[]
    }
  | {
      readonly outcome: 'apart'
      readonly left: ExplainedRecord
      readonly right: ExplainedRecord
      /** Links between the two profiles that a guard refused. */
      readonly held: readonly ExplainedHeldLink[]
      /** The rule that came closest to linking them; null: they have nothing in common that any rule reads. */
      readonly nearest: RuleTrial | null
      /** Where nothing in the rules stopped the two: held links of the groups they belong to. */
      readonly heldAround: readonly ExplainedHeldLink[]
      /** Equal values that are blocked. */
      readonly blocked: readonly { readonly type: string; readonly raw: string }[]
      /** What people decided about the two. */
      readonly decisions: readonly ExplainedDecision[]
    }

export interface ExplainedStep extends ChainStep<ExplainedLink> {
  /** The value's sightings at both ends; null where the step is a decision. */
  readonly fromSighting: StoredSighting | null
  readonly toSighting: StoredSighting | null
}

/** Explains two records that exist. */
export async function explainRecords(
  world: ExplainedWorld,
  left: ExplainedRecord,
  right: ExplainedRecord,
): Promise<Explanation> {
  if (left.source === right.source && left.key === right.key) return { outcome: 'same_record', left }
  if (left.profileId !== null && left.profileId === right.profileId) {
    return { outcome: 'together', left, right, steps: await chainOf(world, left, right, left.profileId) }
  }
  return whyApart(world, left, right)
}

async function chainOf(
  world: ExplainedWorld,
  left: ExplainedRecord,
  right: ExplainedRecord,
  profileId: string,
): Promise<readonly ExplainedStep[]> {
  if (left.trace === right.trace) return []
  const chain = chainBetween(await world.linksOf(profileId), left.trace, right.trace)
  if (chain === null) throw new Error(`the links of ${profileId} do not connect its records`)
  return await Promise.all(
    chain.map(async (step) => ({
      ...step,
      fromSighting: await sightingAt(world, step.from.trace, step.link),
      toSighting: await sightingAt(world, step.to.trace, step.link),
    })),
  )
}

/** The value of a link as the trace carries it; for a link between two types of identifier, by value alone. */
async function sightingAt(world: ExplainedWorld, trace: number, link: ExplainedLink): Promise<StoredSighting | null> {
  const sightings = await world.sightingsOfTrace(trace)
  const equal = sightings.filter((sighting) => sighting.value === link.value)
  return equal.find((sighting) => sighting.type === link.type) ?? equal[0] ?? null
}

async function whyApart(world: ExplainedWorld, left: ExplainedRecord, right: ExplainedRecord): Promise<Explanation> {
  const held =
    left.profileId !== null && right.profileId !== null ? await world.heldBetween(left.profileId, right.profileId) : []
  const { ruleset } = world
  const lefts = await sightingsAround(world, left)
  const rights = await sightingsAround(world, right)
  const trials = stagesOf(ruleset).map((stage) => tryRule(stage, lefts, rights, ruleset))
  const nearest = trials.reduce<RuleTrial | null>(
    (best, trial) => (nearness(trial) > (best ? nearness(best) : 0) ? trial : best),
    null,
  )
  const heldAround = held.length === 0 && nearest?.stopped === null ? await heldAroundBoth(world, left, right) : []
  return {
    outcome: 'apart',
    left,
    right,
    held,
    nearest,
    heldAround,
    blocked: await blockedInCommon(world, left, right),
    decisions: await world.decisionsBetween(left, right),
  }
}

async function heldAroundBoth(
  world: ExplainedWorld,
  left: ExplainedRecord,
  right: ExplainedRecord,
): Promise<readonly ExplainedHeldLink[]> {
  const profiles = [left, right].flatMap((record) => record.profileId ?? [])
  const found = await Promise.all(profiles.map((profileId) => world.heldOf(profileId, 2)))
  return found.flat()
}

async function sightingsAround(world: ExplainedWorld, record: ExplainedRecord): Promise<readonly StoredSighting[]> {
  return record.profileId === null
    ? await world.sightingsOfTrace(record.trace)
    : await world.sightingsOf(record.profileId)
}

async function blockedInCommon(
  world: ExplainedWorld,
  left: ExplainedRecord,
  right: ExplainedRecord,
): Promise<readonly { readonly type: string; readonly raw: string }[]> {
  const blocked = async (record: ExplainedRecord) =>
    (await world.rejectedValues(record.source, record.key)).filter((value) => value.code === 'value.blocked')
  const others = await blocked(right)
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()
  return (await blocked(left)).filter((one) =>
    others.some((other) => other.type === one.type && same(other.raw, one.raw)),
  )
}
