import type { IdentifierType, SourceSettings } from '../ruleset/ruleset.ts'

/**
 * Whether a sighting is verified: told by mapping and source, never by the payload. Anchors are, except those other than
 * session anchors from a public source, which need a proof; claims as the mapping says, else as the source is trusted;
 * attributes as the source is trusted.
 */
export function isVerified(
  type: Pick<IdentifierType, 'kind' | 'session'>,
  mappingSays: boolean | null,
  source: Pick<SourceSettings, 'class' | 'trust'>,
  proven = false,
): boolean {
  switch (type.kind) {
    case 'anchor':
      return type.session || source.class === 'server' || proven
    case 'claim':
      return mappingSays ?? source.trust === 'trusted'
    case 'attribute':
      return source.trust === 'trusted'
  }
}

/** Clocks may differ by so much, milliseconds; a time further ahead of arrival is told by a clock that is wrong. */
const clockTolerance = 5 * 60_000

/** Whether a record says that it was observed more than five minutes after it arrived. Its time is clamped, and worth a word. */
export function isFutureTime(observedAt: number | null, receivedAt: number): boolean {
  return observedAt !== null && observedAt > receivedAt + clockTolerance
}

/** `observedAt`, but not after arrival, and from an untrusted source not further back than `maxBackdateMs`. Milliseconds. */
export function effectiveTime(
  observedAt: number | null,
  receivedAt: number,
  source: Pick<SourceSettings, 'trust'>,
  maxBackdateMs: number,
): number {
  const notLater = Math.min(observedAt ?? receivedAt, receivedAt)
  return source.trust === 'untrusted' ? Math.max(notLater, receivedAt - maxBackdateMs) : notLater
}
