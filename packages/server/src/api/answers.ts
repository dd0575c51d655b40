import type { Candidate, Change, Identifier, ProfileAnswer, ProfileSummary } from '@selfsame/contract'
import type { Provenance } from '@selfsame/core'
import type {
  CandidateRow,
  ChangeRow,
  HeldLinkRow,
  IdentifierView,
  LinkRow,
  ProfileDetailRow,
  ProfileRow,
  RecordRow,
} from '@selfsame/store'

/** ISO 8601 in UTC. Instants beyond the calendar are shown as its ends, so that no record can break a page. */
export function instantText(ms: number): string {
  return new Date(Math.max(-8.64e15, Math.min(8.64e15, ms))).toISOString()
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instantText(ms)
}

export function summaryOf(row: ProfileRow): ProfileSummary {
  return {
    profileId: row.profile_id,
    name: row.shown_name,
    recordCount: row.record_count,
    sourceCount: row.source_count,
    identifierCount: row.key_count,
    firstSeen: instantOrNull(row.first_seen),
    lastSeen: instantOrNull(row.last_seen),
    createdAt: instantText(row.created_at),
    updatedAt: instantText(row.updated_at),
  }
}

export function profileOf(row: ProfileDetailRow, askedId: string): ProfileAnswer {
  const { fields } = JSON.parse(row.golden) as {
    fields: Record<string, { value: unknown; provenance: Provenance[] }>
  }
  return {
    ...summaryOf(row),
    askedId: askedId,
    moved: askedId !== row.profile_id,
    record: { source: row.record_source, key: row.record_key },
    fields: Object.entries(fields).map(([field, surviving]) => goldenFieldOf(field, surviving)),
    demoted: JSON.parse(row.demoted) as { type: string; value: string }[],
    open: { candidates: row.candidates, heldLinks: row.held_links, unresolved: row.unresolved },
  }
}

/** A surviving value with where it comes from. */
export function goldenFieldOf(
  field: string,
  { value, provenance }: { readonly value: unknown; readonly provenance: readonly Provenance[] },
) {
  return {
    field,
    value,
    provenance: provenance.map((from) =>
      from.kind === 'decision'
        ? { kind: 'decision' as const, path: [...from.path], decision: from.decision, at: instantText(from.at) }
        : {
            kind: 'record' as const,
            path: [...from.path],
            source: from.source,
            key: from.key,
            effectiveAt: instantText(from.effectiveAt),
            observedAt: instantOrNull(from.observedAt),
          },
    ),
  }
}

export function identifierOf(view: IdentifierView): Identifier {
  return {
    type: view.type,
    value: view.value,
    verified: view.verified,
    state: view.state,
    firstSeen: instantOrNull(view.firstSeen),
    lastSeen: instantOrNull(view.lastSeen),
    recordCount: view.recordCount,
    sources: view.sources.map((channel) => ({
      source: channel.source,
      recordCount: channel.recordCount,
      firstSeen: instantOrNull(channel.firstSeen),
      lastSeen: instantOrNull(channel.lastSeen),
    })),
  }
}

export function linkOf(row: LinkRow) {
  return {
    left: { source: row.left_source, key: row.left_key },
    right: { source: row.right_source, key: row.right_key },
    rule: row.rule,
    type: row.type,
    value: row.value,
    decision: row.decision_id,
    rulesetVersion: row.ruleset_version,
  }
}

export function heldLinkOf(row: HeldLinkRow) {
  return {
    profileId: row.cluster_profile,
    refusedBy: row.refused_by_profile,
    rule: row.rule,
    type: row.type,
    value: row.value,
    guard: row.guard,
    reasons: JSON.parse(row.reasons) as string[],
    wholeGroup: row.is_group === 1,
  }
}

export function changeOf(row: ChangeRow): Change {
  return {
    seq: row.seq,
    at: instantText(row.at),
    kind: row.kind,
    profileId: row.profile_id,
    others: JSON.parse(row.others) as string[],
    cause: row.cause,
  }
}

export function candidateOf(row: CandidateRow, names: ReadonlyMap<string, ProfileRow>): Candidate {
  const side = (profileId: string) => ({ profileId, name: names.get(profileId)?.shown_name ?? null })
  return {
    candidateId: row.candidate_id,
    survivor: side(row.survivor_profile),
    session: side(row.session_profile),
    reason: row.reason as Candidate['reason'],
    rule: row.rule,
    type: row.type,
    value: row.value,
    confidence: row.confidence,
    parts: { trust: row.trust, rarity: row.rarity, agreement: row.agreement, limits: row.limits },
    seenCount: row.seen_count,
    lastSeen: instantText(row.last_seen),
    firstShownAt: instantText(row.first_shown_at),
    reach: row.reach,
  }
}

/** A record as JSON text, its payload byte for byte as it was sent. */
export function recordText(row: RecordRow, more: object = {}): string {
  const head = JSON.stringify({
    source: row.source,
    key: row.record_key,
    kind: row.kind,
    event: row.event,
    observedAt: instantOrNull(row.observed_at),
    effectiveAt: instantText(row.effective_at),
    receivedAt: instantText(row.received_at),
    ...more,
  })
  return `${head.slice(0, -1)},"payload":${row.payload}}`
}

/** A page of JSON texts. */
export function pageText(items: readonly string[], next: string | null): string {
  return `{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`
}
