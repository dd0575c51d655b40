import { describe, expect, it } from 'vitest'
import { parseRuleset } from '../ruleset/index.ts'
import { type MappingPreview, previewMapping } from './preview-mapping.ts'
import type { JsonObject } from './record.ts'

/** What the first mapping of the source does with an event. */
function preview(
  mapping: string,
  payload: JsonObject,
  source = '',
  proven: ReadonlySet<string> = new Set(),
): MappingPreview {
  const result = parseRuleset(`version: 1\nsources: { web: { ${source} mappings: [ ${mapping} ] } }`)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '))
  const first = result.ruleset.sources.get('web')?.mappings?.[0]
  if (!first) throw new Error('no mapping')
  const record = {
    source: 'web',
    key: 'k',
    kind: 'event',
    event: 'Identify',
    observedAt: 0,
    receivedAt: 0,
    payload,
  } as const
  return previewMapping(first, record, result.ruleset, proven)
}
const outcome = (found: MappingPreview) => (found.fires ? found.outcome : found.because)

describe('the preview of a mapping', () => {
  const body = {
    props: { mail: ' A@Example.com ', id: 7, name: 'Ann', born: '1990-03-03', plan: 'gold', bad: 'nobody', blank: ' ' },
  }

  it('COM-27 COM-28 COM-29 says what is read, where it stands and what it becomes', () => {
    expect(preview('{ when: identify, read: props.mail, to: email, verified: false }', body)).toEqual({
      fires: true,
      path: ['props', 'mail'],
      value: ' A@Example.com ',
      target: 'email',
      key: null,
      standardized: 'a@example.com',
      rejected: null,
      verified: false,
      outcome: 'unverified_waits_for_review',
    })
  })

  it.each([
    ['{ read: props.id, to: customer_id, verified: false }', 'anchor_stitches'],
    ['{ read: props.mail, to: email, verified: true }', 'verified_claim_merges'],
    ['{ read: props.mail, to: email, verified: false }', 'unverified_waits_for_review'],
    ['{ read: props.name, to: first_name }', 'name_hints'],
    ['{ read: props.plan, to: trait, key: plan }', 'trait_writes'],
    ['{ read: props.born, to: birth_date }', 'attribute_compares'],
    ['{ read: props.bad, to: email }', null],
    ['{ read: props.blank, to: email }', null],
  ])('COM-30 %s: %s', (mapping, expected) => {
    expect(outcome(preview(mapping, body))).toBe(expected)
  })

  it('COM-14 the flag of a mapping makes no difference to an anchor, a public source does, and a proof undoes that', () => {
    const id = '{ read: props.id, to: customer_id, verified: true }'
    expect(outcome(preview(id, body, 'class: public,'))).toBe('unverified_waits_for_review')
    expect(outcome(preview(id, body, 'class: public,', new Set(['customer_id'])))).toBe('anchor_stitches')
    expect(outcome(preview('{ read: props.id, to: anonymous_id }', body, 'class: public,'))).toBe('anchor_stitches')
  })

  it('a value that is rejected says why', () => {
    expect(preview('{ read: props.bad, to: email }', body)).toMatchObject({
      fires: true,
      standardized: null,
      rejected: 'email.malformed',
      verified: false,
    })
    expect(preview('{ read: props.blank, to: email }', body)).toMatchObject({
      fires: true,
      standardized: null,
      rejected: null,
    })
  })

  it.each([
    ['{ read: props.mail, to: email, enabled: false }', 'disabled'],
    ['{ when: order_completed, read: props.mail, to: email }', 'other_event'],
    ['{ read: props.user.mail, to: email }', 'path_absent'],
    ['{ read: props, to: email }', 'not_a_value'],
  ])('COM-27 no match: %s is %s', (mapping, because) => {
    expect(preview(mapping, body)).toEqual({ fires: false, because })
  })
})
