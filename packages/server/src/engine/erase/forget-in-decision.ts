import { recordText, type Decision, type RecordRef } from '@selfsame/core'

/** A decision without some records, and without the values it chose or took where these were about them. */
export function withoutRecords(decision: Decision, refs: readonly RecordRef[]): Decision {
  const forgotten = new Set(refs.map(recordText))
  const kept = (side: readonly RecordRef[]) => side.filter((ref) => !forgotten.has(recordText(ref)))
  switch (decision.kind) {
    case 'merge':
    case 'confirm': {
      const sides = { survivor: kept(decision.survivor), session: kept(decision.session) }
      const stillTwo = sides.survivor.length > 0 && sides.session.length > 0
      return {
        ...decision,
        ...sides,
        reason: null,
        confirmed: stillTwo ? decision.confirmed : null,
        pinned: stillTwo ? decision.pinned : [],
      }
    }
    case 'dismiss':
      return { ...decision, reason: null, left: kept(decision.left), right: kept(decision.right) }
    case 'split': {
      const sides = { stay: kept(decision.stay), leave: kept(decision.leave) }
      const inactive = decision.inactive.filter(({ side }) => sides[side].length > 0)
      return { ...decision, ...sides, reason: null, inactive }
    }
    case 'primary':
      return { ...decision, reason: null, records: kept(decision.records) }
    case 'pin': {
      const records = kept(decision.records)
      return { ...decision, reason: null, records, value: records.length > 0 ? decision.value : null }
    }
  }
}
