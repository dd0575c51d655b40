import { evidenceReader, type Evidence, type Ruleset, type SourceRecord } from '@selfsame/core'
import { createHmac } from 'node:crypto'
import { equalInConstantTime } from './key-text.ts'

/**
 * The proof that a backend gives a visitor for one of its ids: hexadecimal HMAC-SHA-256 of `type:value` under the secret of
 * the source, e.g. of `user_id:4711`. The value is the id as it links: trimmed, and standardized where the ruleset says how.
 */
export function proofOf(secret: string, type: string, value: string): string {
  return createHmac('sha256', secret).update(`${type}:${value}`).digest('hex')
}

/**
 * Anchor types of a record that are proved: every value of the type that the ruleset reads out of the record has its proof
 * among those given (in `context.selfsame_proof`, one text or several). One proved id does not carry another beside it.
 */
export function provenAnchors(
  secret: string,
  record: SourceRecord,
  ruleset: Ruleset,
  proofs: readonly string[] = proofsIn(record),
): readonly string[] {
  if (proofs.length === 0) return []
  const anchors = new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'anchor' ? [name] : [])))
  const { sightings, rejected } = readerOf(ruleset)(record)
  const types = new Set(sightings.flatMap(({ type }) => (anchors.has(type) ? [type] : [])))
  const unreadable = new Set(rejected.map(({ type }) => type))
  return [...types].filter(
    (type) =>
      !unreadable.has(type) &&
      sightings
        .filter((sighting) => sighting.type === type)
        .every(({ value }) => proofs.some((proof) => equalInConstantTime(proof, proofOf(secret, type, value)))),
  )
}

/** More proofs than ids a record may carry are not looked at. */
const mostProofs = 10

/** Proofs in `context.selfsame_proof`: a text, or a list of texts. Letters may be capital. */
function proofsIn({ payload }: SourceRecord): readonly string[] {
  const context = Object.hasOwn(payload, 'context') ? payload['context'] : null
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return []
  const given = Object.hasOwn(context, 'selfsame_proof') ? (context as Record<string, unknown>)['selfsame_proof'] : null
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  return list
    .slice(0, mostProofs)
    .flatMap((proof) => (typeof proof === 'string' && /^[0-9a-f]{64}$/i.test(proof) ? [proof.toLowerCase()] : []))
}

const readers = new WeakMap<Ruleset, (record: SourceRecord) => Evidence>()

function readerOf(ruleset: Ruleset): (record: SourceRecord) => Evidence {
  const known = readers.get(ruleset)
  if (known) return known
  const read = evidenceReader(ruleset)
  readers.set(ruleset, read)
  return read
}
