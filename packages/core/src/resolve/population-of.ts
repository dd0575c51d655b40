import type { Trace } from '../evidence/trace.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import type { Population } from './population.ts'
import type { SharedValue } from './resolution.ts'

/** A population made of traces in memory, which stand in seniority order. */
export function populationOf(
  traces: readonly Trace[],
  ruleset: Ruleset,
  traceOf: (source: string, key: string) => number | undefined,
  knownShared: readonly SharedValue[] = [],
  knownCrowded: readonly { readonly type: string; readonly value: string }[] = [],
): Population {
  const positionOf = new Map(ruleset.identifiers.map((type, position) => [type.name, position]))
  const codeByKey = new Map<string, number>()
  const texts: string[] = []
  const types: number[] = []
  const offsets = new Int32Array(traces.length + 1)
  const codes: number[] = []
  const verified: number[] = []
  traces.forEach((trace, index) => {
    for (const sighting of trace.sightings) {
      const position = positionOf.get(sighting.type)
      if (position === undefined) continue
      const key = `${position}:${sighting.value}`
      let code = codeByKey.get(key)
      if (code === undefined) {
        code = texts.length
        codeByKey.set(key, code)
        texts.push(sighting.value)
        types.push(position)
      }
      codes.push(code)
      verified.push(sighting.verified ? 1 : 0)
    }
    offsets[index + 1] = codes.length
  })
  return {
    traceCount: traces.length,
    firstAt: Float64Array.from(traces, (trace) => trace.firstAt),
    lastAt: Float64Array.from(traces, (trace) => trace.lastAt),
    recordCount: Int32Array.from(traces, (trace) => trace.recordCount),
    formsProfile: Uint8Array.from(traces, (trace) => (trace.formsProfile ? 1 : 0)),
    offsets,
    codes: Int32Array.from(codes),
    verified: Uint8Array.from(verified),
    valueCount: texts.length,
    typeOf: Uint16Array.from(types),
    loadTexts: async (wanted) => [...wanted].map((code) => texts[code] ?? ''),
    knownShared: knownShared.flatMap(({ type, value, because, count, limit }) => {
      const code = codeByKey.get(`${positionOf.get(type)}:${value}`)
      return code === undefined ? [] : [{ code, because, count, limit }]
    }),
    knownCrowded: knownCrowded.flatMap(({ type, value }) => codeByKey.get(`${positionOf.get(type)}:${value}`) ?? []),
    traceOf,
  }
}
