import type { RecordRef } from '@selfsame/core'
import { recordsOfTraces, tracesByProfile, whichProfile, type Sql, type StoredTrace } from '@selfsame/store'
import { DecisionFault } from './decision-request.ts'

/** A profile as a side of a decision. */
export interface Side {
  readonly profileId: string
  readonly traces: readonly StoredTrace[]
}

/** Finds the profile that an id leads to now. */
export async function sideOf(sql: Sql, spaceId: string, askedId: string): Promise<Side> {
  const lead = await whichProfile(sql, spaceId, askedId)
  if (!lead) throw new DecisionFault('profile.unknown', 'there is no such profile', { profileId: askedId })
  const { current } = lead
  if (current === null) {
    throw new DecisionFault('profile.gone', 'the profile holds no record any more', { profileId: askedId })
  }
  return { profileId: current, traces: await tracesByProfile(sql, spaceId, [current]) }
}

/** Records of a side that a decision names at most; of a larger one it names some of every trace. */
export const mostNamed = 200

/**
 * The records that a decision names for a side: all of them, or, of a large side, the senior and the first-stored record of
 * every trace. A trace is decided about as one, so the answer is the same until a ruleset cuts it anew.
 */
export async function namedRecords(sql: Sql, spaceId: string, { traces }: Side): Promise<readonly RecordRef[]> {
  if (recordsIn(traces) > mostNamed) return ofEveryTrace(traces)
  const ids = traces.map(({ id }) => id)
  return (await recordsOfTraces(sql, spaceId, ids, mostNamed)).map(({ source, key }) => ({ source, key }))
}

export function ofEveryTrace(traces: readonly StoredTrace[]): readonly RecordRef[] {
  return traces.flatMap(({ source, seniorKey, firstKey }) =>
    [...new Set([seniorKey, firstKey])].map((key) => ({ source, key })),
  )
}

export function recordsIn(traces: readonly StoredTrace[]): number {
  return traces.reduce((sum, { recordCount }) => sum + recordCount, 0)
}
