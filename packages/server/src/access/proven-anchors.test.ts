import { defaultRuleset, evidenceReader, type JsonObject, type Ruleset, type SourceRecord } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { proofOf, provenAnchors } from './proven-anchors.ts'

const secret = 'a'.repeat(64)
const ruleset: Ruleset = {
  ...defaultRuleset(),
  sources: new Map([
    ['web', { key: null, observedAt: null, class: 'public', trust: 'untrusted', mappings: null } as const],
  ]),
}

describe('proofs of a public source', () => {
  it('A4 an id with its proof is believed, and one without is not', () => {
    const proof = proofOf(secret, 'user_id', 'u1')
    expect(verified({ userId: 'u1', context: { selfsame_proof: proof } })).toEqual(['user_id:u1'])
    expect(verified({ userId: 'u1', context: { selfsame_proof: proof.toUpperCase() } })).toEqual(['user_id:u1'])
    expect(verified({ userId: 'u1' })).toEqual([])
  })

  it('A4 a proof is of one id, one type and one secret', () => {
    const payload = (proof: unknown) => ({ userId: 'victim', context: { selfsame_proof: proof } }) as JsonObject
    const wrong = [
      proofOf(secret, 'user_id', 'attacker'),
      proofOf(secret, 'customer_id', 'victim'),
      proofOf('b'.repeat(64), 'user_id', 'victim'),
      proofOf(secret, 'user_id', 'victim').slice(0, 63),
      'x',
      '',
      null,
      7,
      { user_id: proofOf(secret, 'user_id', 'victim') },
    ]
    for (const proof of wrong) expect(verified(payload(proof))).toEqual([])
  })

  it("A3 somebody's own proved id does not carry another's beside it", () => {
    const proof = proofOf(secret, 'user_id', 'attacker')
    const payload = { userId: 'attacker', traits: { user_id: 'victim' }, context: { selfsame_proof: proof } }
    expect(verified(payload)).toEqual([])
    const both = [proof, proofOf(secret, 'user_id', 'victim')]
    expect(verified({ ...payload, context: { selfsame_proof: both } })).toEqual(['user_id:attacker', 'user_id:victim'])
  })

  it('A4 several ids carry a proof each', () => {
    const proofs = [proofOf(secret, 'user_id', 'u1'), proofOf(secret, 'customer_id', 'c1')]
    const payload = { userId: 'u1', customer_id: 'c1', context: { selfsame_proof: proofs } }
    expect(verified(payload)).toEqual(['customer_id:c1', 'user_id:u1'])
    expect(verified({ ...payload, context: { selfsame_proof: proofs.slice(1) } })).toEqual(['customer_id:c1'])
  })

  it('A16 a proof is looked for among own keys only', () => {
    const payload = JSON.parse(
      `{"userId":"u1","__proto__":{"context":{"selfsame_proof":"${proofOf(secret, 'user_id', 'u1')}"}}}`,
    ) as JsonObject
    expect(verified(payload)).toEqual([])
  })
})

/** Identifiers that link after the proofs were looked at. */
function verified(payload: JsonObject): readonly string[] {
  const record: SourceRecord = {
    source: 'web',
    key: 'm1',
    kind: 'event',
    event: 'identify',
    observedAt: null,
    receivedAt: 0,
    payload,
  }
  const proven = new Set(provenAnchors(secret, record, ruleset))
  return evidenceReader(ruleset)(record, proven)
    .sightings.filter((sighting) => sighting.verified)
    .map(({ type, value }) => `${type}:${value}`)
}
