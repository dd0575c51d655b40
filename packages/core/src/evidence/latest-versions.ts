import { compareText, type Evidence } from './record.ts'

/** One delivery of a record. `text`: the payload in a canonical form, the last tie-break. */
export type Version = Evidence & { readonly receivedAt: number; readonly text: string }

/**
 * Of several versions of one record key the one that counts; the others are counted. Of an event the first received counts,
 * with its own time: a second delivery changes nothing. Of a row the newer counts, by effective time, then by arrival, with
 * the seniority of its first version. In the order in which the keys are first given.
 */
export function latestVersions(versions: readonly Version[]): {
  readonly records: readonly Evidence[]
  readonly superseded: number
} {
  const byKey = new Map<string, Version>()
  const firstAt = new Map<string, number>()
  for (const version of versions) {
    const key = JSON.stringify([version.source, version.key])
    const known = byKey.get(key)
    firstAt.set(key, Math.min(version.effectiveAt, firstAt.get(key) ?? Infinity))
    if (!known || isPreferred(version, known)) byKey.set(key, version)
  }
  const records = [...byKey].map(([key, version]) =>
    version.kind === 'row' ? { ...version, effectiveAt: firstAt.get(key) ?? version.effectiveAt } : version,
  )
  return { records, superseded: versions.length - records.length }
}

/** Ties are told apart to the end, so that the order in which versions are given never matters. A row goes before an event. */
function isPreferred(a: Version, b: Version): boolean {
  if (a.kind !== b.kind) return a.kind === 'row'
  const newerFirst = b.effectiveAt - a.effectiveAt || b.receivedAt - a.receivedAt || compareText(b.text, a.text)
  const firstReceived = a.receivedAt - b.receivedAt || compareText(a.text, b.text) || a.effectiveAt - b.effectiveAt
  return (a.kind === 'row' ? newerFirst : firstReceived) < 0
}
