import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultRuleset, parseRulesetObject } from '../ruleset/index.ts'
import type { Mapping, Ruleset } from '../ruleset/ruleset.ts'
import { evidenceReader, readEvidence } from './evidence-reader.ts'
import { previewMapping } from './preview-mapping.ts'
import { readColumns } from './read-columns.ts'
import { valueReader } from './read-value.ts'
import type { Evidence, JsonObject, JsonValue, SourceRecord } from './record.ts'

const seed = process.env['SELFSAME_SEED'] ? { seed: Number(process.env['SELFSAME_SEED']) } : {}
const runs = (numRuns: number) => ({ numRuns, ...seed })

const key = fc.constantFrom(
  'email',
  'e_mail',
  'workEmail',
  'recipient',
  'invited_by_email',
  'phone',
  'Mobile',
  'userId',
  'user_id',
  'anonymousId',
  'customer_id',
  'first_name',
  'firstName',
  'name',
  'zip',
  'dob',
  'traits',
  'context',
  'properties',
  'props',
  'user',
  'address',
  'externalIds',
  'groupId',
  'conversation_id',
  'plan',
  'Plan',
  'type',
  'device',
  'id',
  '__proto__',
  'constructor',
  'prototype',
)
const leaf = fc.constantFrom<JsonValue>(
  'a@example.com',
  'A@Example.com ',
  'b@example.com',
  '5551234567',
  '+1 555 123 4567',
  'Ann',
  'ann ',
  '',
  ' ',
  'null',
  'track',
  'group',
  '80202',
  '1990-03-03',
  'x\u200by',
  7,
  -0,
  2 ** 60,
  true,
  null,
)
const payload = fc.letrec<{ object: JsonObject; value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    leaf,
    fc.array(tie('value'), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => {
    // Defined as JSON.parse defines them: `__proto__` is an own key like any other.
    const object = {}
    for (const [name, value] of entries)
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
    return object
  }),
})).object

const recordOf = (body: JsonObject, kind: 'event' | 'row', source = 'web'): SourceRecord => ({
  source,
  key: 'k',
  kind,
  event: kind === 'row' ? null : 'Thing Done',
  observedAt: 0,
  receivedAt: 0,
  payload: body,
})
const plain = ({ fields, ...evidence }: Evidence) => ({ ...evidence, fields: Object.fromEntries([...fields].sort()) })

/** The same JSON with the keys of every object the other way round. */
function turned(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  const object = {}
  for (const [name, inner] of Object.entries(value).reverse()) {
    Object.defineProperty(object, name, {
      value: turned(inner as JsonValue),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return object
}

function rulesetWith(mappings: readonly object[], source: object = {}): Ruleset {
  const result = parseRulesetObject({ version: 1, sources: { web: { ...source, mappings } } })
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '))
  return result.ruleset
}

describe('reading a record', () => {
  it('the order of the keys in the payload changes nothing', () => {
    const read = evidenceReader(defaultRuleset())
    fc.assert(
      fc.property(payload, fc.constantFrom('event' as const, 'row' as const), (body, kind) => {
        expect(plain(read(recordOf(turned(body) as JsonObject, kind)))).toEqual(plain(read(recordOf(body, kind))))
      }),
      runs(2000),
    )
  })

  it('A16 no payload changes a prototype, and no field is named after one', () => {
    const before = JSON.stringify([
      Object.getOwnPropertyNames(Object.prototype),
      Object.getOwnPropertyNames(Array.prototype),
    ])
    fc.assert(
      fc.property(payload, fc.constantFrom('event' as const, 'row' as const), (body, kind) => {
        const text = JSON.stringify(body)
        const { fields } = readEvidence(recordOf(JSON.parse(text) as JsonObject, kind), defaultRuleset())
        for (const name of fields.keys()) expect(['proto', 'constructor', 'prototype']).not.toContain(name)
        expect(JSON.stringify(body)).toBe(text)
      }),
      runs(500),
    )
    expect(
      JSON.stringify([Object.getOwnPropertyNames(Object.prototype), Object.getOwnPropertyNames(Array.prototype)]),
    ).toBe(before)
  })

  it('every sighting is of a known type, stands once, and in the order of priority', () => {
    const ruleset = defaultRuleset()
    const order = ruleset.identifiers.map(({ name }) => name)
    fc.assert(
      fc.property(payload, (body) => {
        const { sightings } = readEvidence(recordOf(body, 'event'), ruleset)
        const places = sightings.map(({ type, value }) => `${String(order.indexOf(type)).padStart(3, '0')} ${value}`)
        expect(places).toEqual([...new Set(places)].sort())
        expect(places.every((place) => !place.startsWith('-'))).toBe(true)
      }),
      runs(1000),
    )
  })
})

describe('the columns of a table', () => {
  const header = fc.constantFrom(
    'id',
    'Email',
    'E-mail',
    'work_email',
    'agent_email',
    'phone',
    'Mobile Phone',
    'customer_id',
    'First Name',
    'firstname',
    'surname',
    'name',
    'zip',
    'dob',
    'city',
    'City',
    'Plan',
    'updated_at',
    '__proto__',
  )
  const cell = fc.constantFrom(
    'a@example.com',
    'B@example.com',
    '5551234567',
    'Ann',
    ' Ann ',
    '',
    ' ',
    'null',
    '80202',
    '3 Mar 1990',
    'C1',
    'x y',
  )
  const table = fc.uniqueArray(fc.tuple(header, cell), { maxLength: 12, selector: ([name]) => name })
  const mappings = fc.option(
    fc.array(
      fc.record({
        read: header.filter((name) => name !== '__proto__'),
        to: fc.constantFrom('email', 'phone', 'customer_id', 'first_name'),
        verified: fc.boolean(),
        precedence: fc.nat(2),
        enabled: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  )

  it('reading a row is putting together the readings of its columns', () => {
    fc.assert(
      fc.property(
        table,
        mappings,
        fc.constantFrom('public', 'server'),
        fc.constantFrom('trusted', 'untrusted'),
        (cells, written, sourceClass, trust) => {
          const ruleset = written ? rulesetWith(written, { class: sourceClass, trust }) : defaultRuleset()
          const body = {}
          for (const [name, value] of cells) Object.defineProperty(body, name, { value, enumerable: true })
          const evidence = readEvidence(recordOf(body, 'row'), ruleset)
          const { readings } = readColumns(
            cells.map(([name]) => name),
            'web',
            ruleset,
          )
          const settings = ruleset.sources.get('web') ?? {
            key: null,
            observedAt: null,
            class: 'server',
            trust: 'trusted',
            mappings: null,
          }
          const readValue = valueReader('web', settings, ruleset)
          const cellOf = new Map<string, string>(cells)
          const sightings = new Map<string, boolean>()
          const fields = new Map<string, string>()
          for (const reading of readings) {
            const text = cellOf.get(reading.header) ?? ''
            const type = ruleset.identifiers.find(({ name }) => name === reading.type)
            const found =
              type && readValue(type, text, text, { verified: reading.verified, someone: reading.soft, proven: false })
            if (type && found?.ok) {
              const id = `${type.name} ${found.value}`
              sightings.set(id, (sightings.get(id) ?? false) || (found.verified && reading.verified))
            }
            const shown = !type || type.kind === 'attribute' || !found ? text.trim() : found.ok ? found.shown : null
            if (reading.field !== null && shown !== null && (fields.get(reading.field) ?? '') === '')
              fields.set(reading.field, shown)
          }
          expect(
            Object.fromEntries(evidence.sightings.map(({ type, value, verified }) => [`${type} ${value}`, verified])),
          ).toEqual(Object.fromEntries(sightings))
          expect(Object.fromEntries(evidence.fields)).toEqual(Object.fromEntries(fields))
        },
      ),
      runs(1500),
    )
  })
})

describe('the preview of a mapping', () => {
  const path = fc.constantFrom(
    'email',
    'props.email',
    'props.user.email',
    'traits.phone',
    'traits.zip',
    'context.customer_id',
    'properties.dob',
    'user.name',
    'missing',
    'Plan',
  )
  const mapping = fc.record({
    read: path,
    to: fc.constantFrom('email', 'phone', 'customer_id', 'anonymous_id', 'first_name', 'birth_date', 'trait'),
    when: fc.constantFrom(undefined, undefined, 'thing_done', 'other'),
    verified: fc.constantFrom(undefined, true, false),
    enabled: fc.boolean(),
  })

  /** A payload that most likely holds something at the path. */
  const bodyFor = (read: string) =>
    fc.oneof(
      payload,
      fc.tuple(payload, leaf).map(([body, value]) => {
        const [first = '', ...others] = read.split('.')
        const inner = others.reduceRight<JsonValue>((below, segment) => ({ [segment]: below }), value)
        return { ...body, [first]: inner } as JsonObject
      }),
    )
  const trial = mapping.chain((written) => fc.tuple(fc.constant(written), bodyFor(written.read)))

  it('I-16 COM-31 says exactly what reading the record does', () => {
    let fired = 0
    const check = (written: object, record: SourceRecord, sourceClass: string) => {
      const ruleset = rulesetWith([written], { class: sourceClass })
      const preview = previewMapping(ruleset.sources.get('web')?.mappings?.[0] as Mapping, record, ruleset)
      const evidence = readEvidence(record, ruleset)
      const without = readEvidence(record, rulesetWith([], { class: sourceClass }))
      if (!preview.fires) {
        expect(plain(evidence)).toEqual(plain(without))
        return
      }
      fired++
      const { target, value, standardized, rejected, verified, outcome } = preview
      if (outcome === 'trait_writes') {
        expect(evidence.fields.get('plan')).toEqual(typeof value === 'string' ? value.trim() : value)
      } else if (standardized !== null) {
        const before = without.sightings.find((sighting) => sighting.type === target && sighting.value === standardized)
        const expected = { type: target, value: standardized, verified: verified || before?.verified === true }
        expect(evidence.sightings).toContainEqual(expected)
        expect(evidence.sightings).toHaveLength(without.sightings.length + (before ? 0 : 1))
      } else {
        expect(evidence.sightings).toEqual(without.sightings)
        if (rejected === null) expect(evidence.rejected).toEqual(without.rejected)
        else expect(evidence.rejected.map(({ type, code }) => `${type} ${code}`)).toContain(`${target} ${rejected}`)
      }
    }
    fc.assert(
      fc.property(
        trial,
        fc.constantFrom('event' as const, 'row' as const),
        fc.constantFrom('public', 'server'),
        ([{ when, verified, ...written }, body], kind, sourceClass) => {
          const optional = { ...(when && { when }), ...(verified !== undefined && { verified }) }
          const key = written.to === 'trait' ? { key: 'plan' } : {}
          check({ ...written, ...optional, ...key }, recordOf(body, kind), sourceClass)
        },
      ),
      runs(1500),
    )
    expect(fired).toBeGreaterThan(100)
  })
})
