import { recordText, type Decision, type RecordRef, type ResolvedNeighbourhood } from '@selfsame/core'
import { appendAudit, type LoadedNeighbourhood, type Sql } from '@selfsame/store'

/** Writes into the audit log which standing dismissals strong evidence has just overruled: their sides are one profile now. */
export async function noteOverruled(
  sql: Sql,
  spaceId: string,
  at: number,
  neighbourhood: LoadedNeighbourhood,
  resolved: ResolvedNeighbourhood,
): Promise<void> {
  for (const decision of neighbourhood.decisions) {
    if (decision.kind !== 'dismiss') continue
    const traceOf = (ref: RecordRef) => neighbourhood.located.get(recordText(ref))?.traceId ?? ''
    const now = meeting(decision, (ref) => resolved.profileOf.get(traceOf(ref)))
    const before = meeting(decision, (ref) => neighbourhood.stored.get(traceOf(ref))?.profileId)
    if (now === undefined || before !== undefined) continue
    await appendAudit(sql, spaceId, {
      at,
      actor: 'system',
      action: 'dismissal.overruled',
      object: decision.id,
      details: { profile: now },
    })
  }
}

/** A profile that holds records of both sides. */
function meeting(
  { left, right }: Extract<Decision, { kind: 'dismiss' }>,
  profileOf: (ref: RecordRef) => string | null | undefined,
): string | undefined {
  const profiles = new Set(left.map(profileOf).filter((id) => id != null))
  for (const ref of right) {
    const id = profileOf(ref)
    if (id != null && profiles.has(id)) return id
  }
  return undefined
}
