import type { LiveTrace } from '@selfsame/core'
import type { StoredValue } from './sightings.ts'

type Value = { readonly type: string; readonly value: string }

/** How many traces carry values unverified once a disturbance is written, and which of these are a crowd's. */
export class CrowdCounts {
  private readonly crowdAbove: number
  private readonly keyTypes: ReadonlySet<string>
  /** Traces more or fewer, and those the present answers do not know, by value. */
  private readonly deltas = new Map<string, Value & { delta: number; unanswered: number }>()
  private readonly above = new Map<string, Value>()

  constructor(
    {
      drafts,
      removed,
      unanswered,
    }: {
      readonly drafts: ReadonlyMap<string, LiveTrace>
      readonly removed: ReadonlySet<string>
      readonly unanswered: ReadonlySet<string>
    },
    stored: ReadonlyMap<string, LiveTrace>,
    { crowdAbove, keyTypes }: { readonly crowdAbove: number; readonly keyTypes: ReadonlySet<string> },
  ) {
    this.crowdAbove = crowdAbove
    this.keyTypes = keyTypes
    const count = (trace: LiveTrace | undefined, by: 1 | -1, of: 'delta' | 'unanswered' = 'delta') => {
      for (const { type, value, verified } of trace?.sightings ?? []) {
        if (verified || !keyTypes.has(type)) continue
        const text = valueText({ type, value })
        const known = this.deltas.get(text) ?? { type, value, delta: 0, unanswered: 0 }
        known[of] += by
        this.deltas.set(text, known)
      }
    }
    for (const id of new Set([...drafts.keys(), ...removed])) {
      count(stored.get(id), -1)
      if (!removed.has(id)) count(drafts.get(id), 1)
    }
    for (const id of unanswered) count(stored.get(id), 1, 'unanswered')
  }

  /** Values whose count is another than the one that was answered for. */
  changing(): readonly (Value & { readonly delta: number; readonly unanswered: number })[] {
    return [...this.deltas.values()].filter(({ delta, unanswered }) => delta !== 0 || unanswered !== 0)
  }

  /** Of the changing values those that become a crowd's, or are one no longer: all who hold them are looked at. */
  turning(stored: readonly StoredValue[]): readonly Value[] {
    const before = new Map(stored.map((value) => [valueText(value), value.unverified_traces]))
    return this.changing().filter((value) => {
      const count = before.get(valueText(value)) ?? 0
      return count - value.unanswered > this.crowdAbove !== count + value.delta > this.crowdAbove
    })
  }

  note(value: StoredValue): void {
    if (!this.keyTypes.has(value.type)) return
    if (value.unverified_traces + this.deltaOf(value) > this.crowdAbove) this.above.set(valueText(value), value)
  }

  has(value: Value): boolean {
    return this.above.has(valueText(value))
  }

  crowded(): readonly Value[] {
    return [...this.above.values()].map(({ type, value }) => ({ type, value }))
  }

  private deltaOf(value: Value): number {
    return this.deltas.get(valueText(value))?.delta ?? 0
  }
}

function valueText({ type, value }: Value): string {
  return JSON.stringify([type, value])
}
