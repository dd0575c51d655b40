import { compareText } from '../evidence/record.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import type { Candidate } from './resolution.ts'

export type CandidateDraft = Omit<Candidate, 'confidence'>

/** At most so many sessions are listed per value; the newest first. */
const sessionsListedPerValue = 100

/**
 * One row per pair: the evidence of the strongest stage names it, then that of the strongest identifier. The rows beyond
 * the listed ones of a value are counted. Sorted by survivor, then session.
 */
export function assembleCandidates(
  drafts: readonly CandidateDraft[],
  ruleset: Ruleset,
): { readonly candidates: readonly Candidate[]; readonly notListed: number } {
  const position = new Map(ruleset.identifiers.map((type, index) => [type.name, index]))
  const weight = (draft: CandidateDraft) =>
    draft.reason === 'unverified_claim' || draft.reason === 'low_confidence' ? 1 : 0
  const compareEvidence = (a: CandidateDraft, b: CandidateDraft) =>
    a.stage - b.stage ||
    weight(a) - weight(b) ||
    (position.get(a.type) ?? 0) - (position.get(b.type) ?? 0) ||
    compareText(a.value, b.value)

  const byPair = new Map<string, CandidateDraft>()
  for (const draft of drafts) {
    const pair = `${Math.min(draft.survivor, draft.session)}/${Math.max(draft.survivor, draft.session)}`
    const known = byPair.get(pair)
    if (!known || compareEvidence(draft, known) < 0) byPair.set(pair, draft)
  }

  const byValue = new Map<string, CandidateDraft[]>()
  for (const draft of byPair.values()) {
    const key = `${draft.type}:${draft.value}`
    const known = byValue.get(key)
    if (known) known.push(draft)
    else byValue.set(key, [draft])
  }
  const listed: Candidate[] = []
  let notListed = 0
  for (const rows of byValue.values()) {
    rows.sort((a, b) => b.lastSeen - a.lastSeen || a.session - b.session || a.survivor - b.survivor)
    notListed += Math.max(0, rows.length - sessionsListedPerValue)
    for (const row of rows.slice(0, sessionsListedPerValue)) {
      const { trust, rarity, agreement, limits } = row.parts
      listed.push({ ...row, confidence: (trust + rarity + agreement + limits) / 4 })
    }
  }
  return { candidates: listed.sort((a, b) => a.survivor - b.survivor || a.session - b.session), notListed }
}
