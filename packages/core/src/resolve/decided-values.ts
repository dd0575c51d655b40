import type { Sighting } from '../evidence/record.ts'
import type { Decision } from './decision.ts'
import { standingDecisions } from './standing-decisions.ts'

/** What the standing decisions say of the values of a cluster. Keys are JSON of type and value. */
export interface DecidedValues {
  /** Claims that a confirm made verified. */
  readonly confirmed: ReadonlySet<string>
  /** Values that a split took away: every trace of the cluster that carries them carries them inactive. */
  readonly inactive: ReadonlySet<string>
}

export const nothingDecided: DecidedValues = { confirmed: new Set(), inactive: new Set() }

/** By cluster; clusters of which nothing is said are absent. Traces stand in seniority order. */
export function decidedValues(
  decisions: readonly Decision[],
  traces: readonly { readonly sightings: readonly Sighting[] }[],
  clusterOf: ArrayLike<number>,
  traceOf: (source: string, key: string) => number | undefined,
): ReadonlyMap<number, DecidedValues> {
  if (!decisions.some((decision) => decision.kind === 'split' || isConfirm(decision))) return new Map()
  const standing = standingDecisions(decisions, traceOf)
  const confirmed = new Map<number, Set<string>>()
  for (const { trace, type, value } of standing.confirmed) add(confirmed, clusterOf[trace], valueKey(type, value))

  const takenFrom = new Map<number, Set<string>>()
  const inactive = new Map<number, Set<string>>()
  for (const { trace, type, value } of standing.inactive) {
    add(takenFrom, trace, valueKey(type, value))
    add(inactive, clusterOf[trace], valueKey(type, value))
  }
  traces.forEach(({ sightings }, trace) => {
    const candidates = inactive.get(clusterOf[trace] ?? -1)
    if (!candidates) return
    for (const { type, value } of sightings) {
      const key = valueKey(type, value)
      if (!takenFrom.get(trace)?.has(key)) candidates.delete(key)
    }
  })
  return new Map(
    [...new Set([...confirmed.keys(), ...inactive.keys()])].map((cluster) => [
      cluster,
      {
        confirmed: confirmed.get(cluster) ?? nothingDecided.confirmed,
        inactive: inactive.get(cluster) ?? nothingDecided.inactive,
      },
    ]),
  )
}

function isConfirm(decision: Decision): boolean {
  return (decision.kind === 'merge' || decision.kind === 'confirm') && decision.confirmed !== null
}

function add(sets: Map<number, Set<string>>, at: number | undefined, key: string): void {
  if (at === undefined) return
  const known = sets.get(at)
  if (known) known.add(key)
  else sets.set(at, new Set([key]))
}

function valueKey(type: string, value: string): string {
  return JSON.stringify([type, value])
}
