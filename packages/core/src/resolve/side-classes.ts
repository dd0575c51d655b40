import type { SimilarCriterion } from '../ruleset/ruleset.ts'
import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'
import { lacksValue, mayMeet, type Side } from './bulk-meeting.ts'
import { forEachSimilarPair } from './similar-codes.ts'

/**
 * What a stage sees of a side, as a text: sides of one text meet the same others, in the same way. `weak`: unverified and
 * demoted values take part, and tell sides apart. null: the side is like no other.
 */
export function signatureOfSide(evidence: BulkEvidence, plan: StagePlan, side: Side, weak: boolean): string | null {
  const { population } = evidence
  const { withinMs, compare } = plan.stage.rule
  const [first] = side.traces
  if (first === undefined || (side.traces.length > 1 && (withinMs !== null || compare === 'record'))) return null
  const parts: string[] = []
  for (const criterion of plan.criteria) {
    const seen = new Set<string>()
    for (const trace of side.traces) {
      const end = population.offsets[trace + 1] as number
      for (let entry = population.offsets[trace] as number; entry < end; entry++) {
        if (criterion.reads[evidence.types[entry] as number] === 0) continue
        const code = population.codes[entry] as number
        if (weak) {
          const demoted = side.demoted?.has(code) ? 'd' : ''
          seen.add(
            `${code}${demoted}${evidence.verified[entry] === 1 ? 'v' : ''}${evidence.idle[entry] === 1 ? 'i' : ''}`,
          )
        } else if (mayMeet(evidence, criterion, entry, onlyVerifiedOf(plan, criterion), side.demoted)) {
          seen.add(String(code))
        }
      }
    }
    const lacking = criterion.missingMatches ? lackingOf(evidence, criterion, side) : ''
    parts.push(`${[...seen].sort().join(',')}${lacking}`)
  }
  if (withinMs !== null) parts.push(`${population.firstAt[first] ?? ''}/${population.lastAt[first] ?? ''}`)
  return parts.join(';')
}

/** Whether all, some or none of the traces lack a value of a criterion. */
function lackingOf(evidence: BulkEvidence, criterion: CriterionPlan, side: Side): string {
  if (lacksValue(evidence, criterion, side.traces, 'strong')) return 'A'
  return lacksValue(evidence, criterion, side.traces, 'possible') ? 'S' : 'N'
}

export function onlyVerifiedOf(plan: StagePlan, criterion: CriterionPlan): boolean {
  return plan.attributesOnly || !criterion.attributes
}

/**
 * Visits the pairs of sides, by their places, that may meet in the similar criteria of a stage: all pairs where it has none. A pair
 * may come more than once. `weak`: unverified and demoted values take part.
 */
export function forEachSimilarSides(
  evidence: BulkEvidence,
  plan: StagePlan,
  sides: readonly Side[],
  weak: boolean,
  visit: (i: number, j: number) => void,
): void {
  const criterion = plan.cheapestFirst.find(({ similarity }) => similarity !== null)
  if (!criterion) {
    for (let i = 0; i < sides.length; i++) for (let j = i + 1; j < sides.length; j++) visit(i, j)
    return
  }
  const holders = new Map<number, number[]>()
  const lacking: number[] = []
  sides.forEach((side, place) => {
    for (const code of codesOfSide(evidence, plan, criterion, side, weak)) {
      const known = holders.get(code)
      if (known) known.push(place)
      else holders.set(code, [place])
    }
    if (criterion.missingMatches && lacksValue(evidence, criterion, side.traces, 'possible')) lacking.push(place)
  })
  for (const place of lacking)
    for (let other = 0; other < sides.length; other++) if (other !== place) visit(place, other)
  const codes = [...holders.keys()]
  const both = (left: readonly number[], right: readonly number[]) => {
    for (const i of left) for (const j of right) if (i !== j) visit(i, j)
  }
  for (const places of holders.values())
    for (let i = 0; i < places.length; i++)
      for (let j = i + 1; j < places.length; j++) visit(places[i] as number, places[j] as number)
  const pairs = similarCodes(evidence, criterion, codes)
  for (let at = 0; at < pairs.length; at += 2) {
    both(holders.get(pairs[at] as number) ?? [], holders.get(pairs[at + 1] as number) ?? [])
  }
}

/** The largest answer for a criterion so far: a stage asks for the same block, or for a part of it, again and again. */
const known = new WeakMap<CriterionPlan, { readonly codes: ReadonlySet<number>; readonly pairs: readonly number[] }>()
const fewestKept = 256

/** Different codes that meet a similar criterion, two by two; others than those asked for may be among them. */
function similarCodes(evidence: BulkEvidence, criterion: CriterionPlan, codes: readonly number[]): readonly number[] {
  const last = known.get(criterion)
  if (last && 4 * codes.length > last.codes.size && codes.every((code) => last.codes.has(code))) return last.pairs
  const pairs: number[] = []
  const texts = codes.map((code) => evidence.texts.get(code))
  forEachSimilarPair(criterion.criterion as SimilarCriterion, texts, (i, j) => {
    pairs.push(codes[i] as number, codes[j] as number)
  })
  if (codes.length >= Math.max(fewestKept, last?.codes.size ?? 0))
    known.set(criterion, { codes: new Set(codes), pairs })
  return pairs
}

function codesOfSide(
  evidence: BulkEvidence,
  plan: StagePlan,
  criterion: CriterionPlan,
  side: Side,
  weak: boolean,
): ReadonlySet<number> {
  const { offsets, codes } = evidence.population
  const onlyVerified = !weak && onlyVerifiedOf(plan, criterion)
  const found = new Set<number>()
  for (const trace of side.traces) {
    const end = offsets[trace + 1] as number
    for (let entry = offsets[trace] as number; entry < end; entry++)
      if (mayMeet(evidence, criterion, entry, onlyVerified, weak ? null : side.demoted))
        found.add(codes[entry] as number)
  }
  return found
}
