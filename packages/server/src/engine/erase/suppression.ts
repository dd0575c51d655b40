import { createHmac } from 'node:crypto'
import type { Evidence, RecordRef } from '@selfsame/core'
import { hasSuppressions, suppressedAmong, type Sql } from '@selfsame/store'

/** Keyed hashes of what an erased person was known by: whoever reads them without the space's secret learns nothing. */
export interface SuppressionHasher {
  ofValue(type: string, value: string): string
  ofRecord(ref: RecordRef): string
}

export function suppressionHasher(secret: string): SuppressionHasher {
  const hash = (parts: readonly string[]) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['suppressed', ...parts]))
      .digest('base64url')
  return {
    ofValue: (type, value) => hash(['value', type, value]),
    ofRecord: ({ source, key }) => hash(['record', source, key]),
  }
}

/**
 * Which of some records are about an erased person: by the record itself, or by an identifier that it carries, whatever the
 * trust. Places in the list.
 */
export async function suppressedRecords(
  sql: Sql,
  spaceId: string,
  secret: string,
  records: readonly (RecordRef & { readonly evidence: Evidence | null })[],
  keyTypes: ReadonlySet<string>,
): Promise<ReadonlySet<number>> {
  if (!(await hasSuppressions(sql, spaceId))) return new Set()
  const hasher = suppressionHasher(secret)
  const hashes = records.map(({ source, key, evidence }) => [
    hasher.ofRecord({ source, key }),
    ...(evidence?.sightings ?? [])
      .filter(({ type }) => keyTypes.has(type))
      .map(({ type, value }) => hasher.ofValue(type, value)),
  ])
  const suppressed = await suppressedAmong(sql, spaceId, hashes.flat())
  return new Set(hashes.flatMap((own, place) => (own.some((hash) => suppressed.has(hash)) ? [place] : [])))
}
