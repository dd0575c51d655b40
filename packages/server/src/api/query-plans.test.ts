import { exportTables, openDatabase, type Database, type SqlValue } from '@selfsame/store'
import { expect, it } from 'vitest'
import { databaseKinds } from '../../../../test/postgres/fresh-databases.ts'
import { openReadingWorld } from '../testing/reading-world.ts'

it('no question reads a whole table: every one begins at an index of its space', async () => {
  const [sqlite] = databaseKinds
  if (!sqlite) throw new Error('there is no database to test on')
  const fresh = await sqlite.fresh()
  const base = openDatabase(fresh.url)
  const asked = new Map<string, readonly SqlValue[]>()
  const watched: Database = {
    ...base,
    all: (text, values) => {
      asked.set(text, values ?? [])
      return base.all(text, values)
    },
  }
  const world = await openReadingWorld(watched)
  const [id] = await world.tell('web', {
    a: { userId: 'u1', anonymousId: 'c1', traits: { email: 'one@example.com', first_name: 'One' } },
    b: { userId: 'u1', traits: { phone: '(555) 123-4567' } },
  })
  asked.clear()
  const parts = ['', '/events', '/identifiers', '/links', '/held-links', '/history', '/graph']
  const lists = ['candidates', 'held-links', 'unresolved', 'shared-values', 'blocked-values', 'records', 'changes']
  const paths = [
    ...parts.map((part) => `profiles/${id}${part}`),
    ...lists,
    'metrics',
    'runs',
    ...exportTables.map((table) => `export/${table}`),
  ]
  for (const path of paths) expect((await world.ask({ path: `/api/v1/${path}` })).status, path).toBe(200)
  for (const body of [{}, { query: 'on' }, { query: 'one@' }])
    await world.ask({ method: 'POST', path: '/api/v1/profiles/search', body })
  await world.ask({ method: 'POST', path: '/api/v1/profiles/lookup', body: { value: 'one@example.com' } })

  const faults: string[] = []
  for (const [text, values] of asked) {
    const plan = await base.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, values)
    // What is made within the statement may be walked: the lists that are given, and pages that were cut before.
    const walks = plan.filter(({ detail }) => /^SCAN (?!json_each|CONSTANT ROW|held\b|given\b|r\b|\()/.test(detail))
    const spaces = plan.filter(({ detail }) => detail.startsWith('SEARCH') && !detail.includes('space_id=?'))
    const beyondSpace = spaces.filter(({ detail }) => !/workspace|keys|sign_in/.test(detail))
    for (const { detail } of [...walks, ...beyondSpace]) faults.push(`${detail}: ${text.replace(/\s+/g, ' ')}`)
  }
  expect(asked.size).toBeGreaterThan(30)
  expect(faults).toEqual([])
  const planOf = async (part: string) => {
    const [text = '', values = []] = [...asked].find(([one]) => one.includes(part)) ?? []
    return (await base.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, values))
      .map(({ detail }) => detail)
      .join('\n')
  }
  expect(await planOf('lower(p.shown_name) >=')).toContain('profiles_by_name')
  expect(await planOf('ORDER BY p.updated_at DESC')).toContain('profiles_by_update')
  expect(await planOf('v.shared_because IS NOT NULL ORDER BY')).toContain('values_shared')
  expect(await planOf('ORDER BY x.effective_at DESC')).toContain('COVERING INDEX records_by_trace')
  await world.close()
  await fresh.remove()
})
