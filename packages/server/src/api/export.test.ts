import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '@selfsame/store'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

let world: ReadingWorld
let fresh: FreshDatabase

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  const strange = [
    '=1+1',
    '+cmd|calc',
    '-2+3',
    '@SUM(A1)',
    'a"b""c',
    'a,b;c\td',
    'two\nlines',
    'two\r\nlines',
    '#comment',
    "'quoted'",
    'null',
    '\\u0000 \\n',
    '\u202eevil\u202c',
    'zero\u200bwidth\ufeff',
    '👩‍👩‍👧 \u{10ffff} é e\u0301',
    'line\u2028separator\u0085',
    '</script><script>alert(1)</script>',
    '"; DROP TABLE records; --',
    '__proto__',
    '\u0001\u001f\u007f',
  ]
  /** What the server takes: any text without NUL and half surrogate pairs. */
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .filter((drawn) => drawn.isWellFormed() && !drawn.includes('\u0000'))

  describe('texts come back as they were sent', () => {
    it('I-36 any accepted text is the same in the API, in CSV and in JSON lines', async () => {
      const drawn = fc.sample(text, { numRuns: 300, seed: 36 })
      const texts = [...new Set([...strange, ...drawn])]
      const events = texts.map((sent, place) => [
        `${place}:${sent}`,
        { userId: `u${place}`, traits: { note: `<${sent}>`, nested: { [sent]: sent } } },
      ])
      await world.tell('notes', Object.fromEntries(events))
      const keyOf = (place: number) => `${place}:${texts[place]}`

      const { items } = (await world.ask({ path: '/api/v1/records?limit=1000' })).json<{
        items: { key: string; payload: { traits: { note: string; nested: Record<string, string> } } }[]
      }>()
      const byKey = new Map(items.map((item) => [item.key, item.payload.traits]))
      for (const [place, sent] of texts.entries()) {
        expect(byKey.get(keyOf(place))?.note).toBe(`<${sent}>`)
        expect(Object.entries(byKey.get(keyOf(place))?.nested ?? {})).toEqual([[sent, sent]])
      }

      const csv = parseCsv((await world.ask({ path: '/api/v1/export/identity_lookup?format=csv' })).text)
      expect(csv.map((row) => row['record_key']).sort()).toEqual(texts.map((_, place) => keyOf(place)).sort())
      const golden = parseCsv((await world.ask({ path: '/api/v1/export/identity_golden' })).text)
      expect(golden.map((row) => row['note']).sort()).toEqual(texts.map((sent) => `<${sent}>`).sort())
      const lines = (await world.ask({ path: '/api/v1/export/identity_golden?format=jsonl' })).text.split('\n')
      expect(lines.pop()).toBe('')
      const notes = lines.map((line) => (JSON.parse(line) as { note: string }).note)
      expect(notes.sort()).toEqual(texts.map((sent) => `<${sent}>`).sort())

      for (const [place, sent] of texts.entries()) {
        const body = { record: { source: 'notes', key: keyOf(place) } }
        const found = (await world.ask({ method: 'POST', path: '/api/v1/profiles/lookup', body })).json<{
          items: { profile: { profileId: string } }[]
        }>()
        if (place >= strange.length) continue
        const id = found.items[0]?.profile.profileId
        const { fields } = (await world.ask({ path: `/api/v1/profiles/${id}` })).json<{
          fields: { field: string; value: unknown }[]
        }>()
        expect(fields.find(({ field }) => field === 'note')?.value).toBe(`<${sent}>`)
      }
    })

    it('COM-5 a payload comes back byte for byte, beyond what numbers hold', async () => {
      const payloadText = '{ "userId":"exact", "n":12345678901234567890.10, "e":1E400,\n"twice":1, "twice":2 }'
      const record = { source: 'raw', key: 'r1', kind: 'event' as const, event: 'e', observedAt: null, proven: [] }
      const payload = JSON.parse(payloadText) as { userId: string }
      const [outcome] = await world.engine.ingest(world.dev, [{ ...record, payload, payloadText }])
      const { text: answer } = await world.ask({ path: `/api/v1/profiles/${outcome?.profileId}/events` })
      expect(answer).toContain(`"payload":${payloadText}}`)
    })

    it('A21 text that a spreadsheet would run is prefixed when asked for, and numbers are not', async () => {
      const formulas = ['=1+1', '+cmd', '-2+3', '@SUM(A1)']
      const plain = ['+15551234567', '-3.5', 'a=b', "'x"]
      const all = [...formulas, ...plain]
      await world.tell(
        'sheet',
        Object.fromEntries(all.map((note, place) => [note, { userId: `s${place}`, traits: { note } }])),
      )
      const keys = async (query: string) =>
        parseCsv((await world.ask({ path: `/api/v1/export/identity_lookup?${query}` })).text)
          .filter((row) => row['source'] === 'sheet')
          .map((row) => row['record_key'])
      expect((await keys('')).sort()).toEqual(all.sort())
      const safe = await keys('spreadsheet_safe=true')
      expect(safe.sort()).toEqual([...formulas.map((formula) => `'${formula}`), ...plain].sort())
    })

    it('tables have names, and formats are two', async () => {
      expect((await world.ask({ path: '/api/v1/export/users' })).json()).toMatchObject({ code: 'export.unknown_table' })
      expect((await world.ask({ path: '/api/v1/export/rejected?format=xlsx' })).json()).toMatchObject({
        code: 'request.invalid',
      })
      const rejected = await world.ask({ path: '/api/v1/export/rejected' })
      expect(rejected.text).toBe('source,line,reason,raw\n')
      expect(rejected.headers['content-disposition']).toBe('attachment; filename="rejected.csv"')
    })

    it('A13 an export holds nothing of another space', async () => {
      const { text: theirs } = await world.ask({ path: '/api/v1/export/identity_lookup' }, world.prodKey)
      expect(theirs).toBe('source,record_key,profile_id\n')
    })

    it('I-2 the canonical export does not depend on the order in which records came', async () => {
      const inOrder = await openReadingWorld()
      const reversed = await openReadingWorld()
      const record = (place: number) => {
        const payload = {
          userId: `u${place % 7}`,
          anonymousId: `a${place % 11}`,
          traits: { email: `e${place % 5}@example.com` },
        }
        const at = Date.UTC(2026, 0, 1) + (place % 13) * 1000
        const base = { source: `s${place % 3}`, kind: 'event' as const, event: 'seen', observedAt: at, proven: [] }
        return { ...base, key: `k${place}`, payload, payloadText: JSON.stringify(payload) }
      }
      const records = Array.from({ length: 60 }, (_, place) => record(place))
      for (const one of records) await inOrder.engine.ingest(inOrder.dev, [one])
      await reversed.engine.ingest(reversed.dev, records.toReversed())
      for (const table of [
        'identity_golden',
        'identity_lookup',
        'identity_identifiers',
        'identity_unresolved_records',
        'identity_review',
      ]) {
        const path = `/api/v1/export/${table}?canonical=true&format=jsonl`
        const [one, other] = await Promise.all([inOrder.ask({ path }), reversed.ask({ path })])
        expect(one.status).toBe(200)
        expect(one.text, table).toBe(other.text)
      }
      await inOrder.close()
      await reversed.close()
    })
  })
})

/** A reader of RFC 4180 of its own: what it makes of the text is compared with what was stored. */
function parseCsv(csv: string): readonly Readonly<Record<string, string>>[] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < csv.length; at++) {
    const character = csv[at] ?? ''
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (csv[at + 1] === '"') cell += csv[++at]
      else isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === ',' || character === '\n') {
      rows.at(-1)?.push(cell)
      cell = ''
      if (character === '\n') rows.push([])
    } else cell += character
  }
  expect(isQuoted).toBe(false)
  const [header = [], ...body] = rows.slice(0, -1)
  for (const row of body) expect(row).toHaveLength(header.length)
  return body.map((row) => Object.fromEntries(header.map((name, place) => [name, row[place] ?? ''])))
}
