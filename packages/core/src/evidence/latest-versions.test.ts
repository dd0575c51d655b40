import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latestVersions, type Version } from './latest-versions.ts'

const version = (
  kind: 'event' | 'row',
  key: string,
  effectiveAt: number,
  receivedAt: number,
  text: string,
): Version => ({
  source: 's',
  key,
  kind,
  effectiveAt,
  observedAt: effectiveAt,
  sightings: [],
  rejected: [],
  fields: new Map([['text', text]]),
  alias: null,
  receivedAt,
  text,
})
const shown = (versions: readonly Version[]) =>
  latestVersions(versions).records.map(
    ({ key, effectiveAt, fields }) => `${key} ${String(fields.get('text'))} @${effectiveAt}`,
  )

describe('the versions of one record key', () => {
  it('the newer version of a row counts, with the seniority of the first', () => {
    const versions = [
      version('row', 'a', 10, 1, 'old'),
      version('row', 'a', 30, 2, 'new'),
      version('row', 'a', 20, 3, 'late'),
    ]
    expect(shown(versions)).toEqual(['a new @10'])
    expect(latestVersions(versions).superseded).toBe(2)
  })

  it('of rows of one time the later received counts', () => {
    expect(shown([version('row', 'a', 10, 2, 'second'), version('row', 'a', 10, 1, 'first')])).toEqual(['a second @10'])
  })

  it('A12 of two bodies under one message id the first received counts, with its own time', () => {
    expect(shown([version('event', 'a', 5, 2, 'replayed'), version('event', 'a', 10, 1, 'first')])).toEqual([
      'a first @10',
    ])
  })

  it('a record that came once stays as it is', () => {
    expect(shown([version('event', 'b', 5, 2, 'one'), version('row', 'a', 7, 1, 'two')])).toEqual([
      'b one @5',
      'a two @7',
    ])
  })

  it('I-1 the order and number of deliveries never matter', () => {
    const one = fc
      .tuple(
        fc.constantFrom('event' as const, 'row' as const),
        fc.constantFrom('a', 'b'),
        fc.nat(2),
        fc.nat(2),
        fc.constantFrom('x', 'y', '\u{10000}', '\uffff'),
      )
      .map((parts) => version(...parts))
    const shuffled = fc
      .array(one, { minLength: 1, maxLength: 8 })
      .chain((versions) =>
        fc.tuple(
          fc.constant(versions),
          fc.shuffledSubarray([...versions, ...versions], { minLength: versions.length * 2 }),
        ),
      )
    fc.assert(
      fc.property(shuffled, ([versions, again]) => {
        expect(shown(again).sort()).toEqual(shown(versions).sort())
      }),
      { numRuns: 500 },
    )
  })
})
