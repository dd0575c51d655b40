import { signatureOf } from '../evidence/build-traces.ts'
import { compareSeniority, type Evidence } from '../evidence/record.ts'
import { relevantTypes, shortestWindow } from '../evidence/relevant-types.ts'
import type { Trace } from '../evidence/trace.ts'
import type { GoldenMember } from '../golden/golden-member.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { condenseMembers } from './condense-golden.ts'
import type { LiveTrace } from './live-trace.ts'

/** Makes traces of records one by one, and puts records and traces of one signature together. */
export interface TraceMaker {
  /** A gap longer than this between events of one signature starts a new trace, milliseconds; Infinity: none does. */
  readonly gapMs: number
  /** `side`: see `splitSides`. Default null. */
  signatureOf(record: Evidence, side?: string | null): string
  /** The trace of a single record. */
  startTrace(record: Evidence, id: string, seq: number, side?: string | null): LiveTrace
  /** One trace out of several of one signature. The id and first-stored record are those of the one stored first. */
  unite(traces: readonly LiveTrace[]): LiveTrace
}

export function traceMaker(ruleset: Ruleset, condenses: boolean): TraceMaker {
  const relevant = relevantTypes(ruleset)
  const identifying = new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
  const signature = (record: Evidence, side: string | null) =>
    record.kind === 'row' ? JSON.stringify(['row', record.source, record.key]) : signatureOf(record, relevant, side)
  return {
    gapMs: shortestWindow(ruleset),
    signatureOf: (record, side = null) => signature(record, side),
    startTrace: (record, id, seq, side = null) => {
      const sightings = record.sightings.filter(({ type }) => relevant.has(type))
      const member: GoldenMember = {
        source: record.source,
        key: record.key,
        effectiveAt: record.effectiveAt,
        observedAt: record.observedAt,
        fields: record.fields,
        sightings,
      }
      return {
        id,
        signature: signature(record, side),
        source: record.source,
        kind: record.kind,
        seniorKey: record.key,
        seniorAt: record.effectiveAt,
        firstAt: record.effectiveAt,
        lastAt: record.effectiveAt,
        recordCount: 1,
        sightings,
        formsProfile: record.kind === 'row' || record.sightings.some(({ type }) => identifying.has(type)),
        profileId: null,
        firstSeq: seq,
        firstKey: record.key,
        members: [member],
        firstSeen: record.observedAt,
        lastSeen: record.observedAt,
      }
    },
    unite: (traces) => {
      const stored = traces.reduce((first, next) => (next.firstSeq < first.firstSeq ? next : first))
      const senior = traces.reduce((first, next) =>
        compareSeniority(seniorityOf(next), seniorityOf(first)) < 0 ? next : first,
      )
      const members = traces.flatMap((trace) => trace.members)
      return {
        ...stored,
        seniorAt: senior.seniorAt,
        seniorKey: senior.seniorKey,
        firstAt: Math.min(...traces.map((trace) => trace.firstAt)),
        lastAt: Math.max(...traces.map((trace) => trace.lastAt)),
        recordCount: traces.reduce((sum, trace) => sum + trace.recordCount, 0),
        members: condenses ? condenseMembers(members, ruleset) : members,
        firstSeen: least(
          traces.map((trace) => trace.firstSeen),
          Math.min,
        ),
        lastSeen: least(
          traces.map((trace) => trace.lastSeen),
          Math.max,
        ),
      }
    },
  }
}

export function seniorityOf(trace: Pick<Trace, 'seniorAt' | 'source' | 'seniorKey'>): {
  effectiveAt: number
  source: string
  key: string
} {
  return { effectiveAt: trace.seniorAt, source: trace.source, key: trace.seniorKey }
}

function least(values: readonly (number | null)[], choose: (...values: number[]) => number): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : choose(...known)
}
