import { randomFrom } from '../../../../test/parity/random-world.ts'
import {
  auditCheckpoint,
  auditEntries,
  connectedSources,
  rulesetBody,
  spacesOf,
  verifyAudit,
  openDatabase,
} from '@selfsame/store'
import { defaultRulesetYaml } from '@selfsame/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isFault, type Principal } from '../access/principal.ts'
import { openControlWorld, requestWithKey, type ControlWorld } from '../testing/control-world.ts'
import type { ControlFault } from './control-fault.ts'
import { firstStart } from './first-start.ts'
import { endKey, listKeys, makeApiKey, makeWriteKey, rotateKey } from './keys.ts'
import { changeSource, connectSource, disconnect } from './sources.ts'
import { makeSpace, removeSpace } from './spaces.ts'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
const byTest = 'test'
let world: ControlWorld
let fresh: FreshDatabase

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeEach(async () => {
    fresh = await make()
    world = await openControlWorld(openDatabase(fresh.url))
  })
  afterEach(async () => {
    await world.close()
    await fresh.remove()
  })

  describe('workspace and spaces', () => {
    it('SEG-5 a first start makes two spaces, dev and prod, and more are made on request', async () => {
      expect((await spacesOf(world.database, world.workspaceId)).map(({ name }) => name)).toEqual(['dev', 'prod'])
      const made = await makeSpace(world, byTest, world.workspaceId, 'app-two')
      expect((await spacesOf(world.database, world.workspaceId)).map(({ name }) => name)).toEqual([
        'app-two',
        'dev',
        'prod',
      ])
      await expect(makeSpace(world, byTest, world.workspaceId, 'dev')).rejects.toMatchObject({
        code: 'space.name_taken',
      })
      await expect(makeSpace(world, byTest, world.workspaceId, 'No Good')).rejects.toMatchObject({
        code: 'space.malformed_name',
      })
      expect(made.ruleset_version).toBe(1)
    })

    it('SEG-5 a second start makes nothing', async () => {
      expect(await firstStart(world)).toEqual({ workspaceId: world.workspaceId, signInToken: null })
      expect(await spacesOf(world.database, world.workspaceId)).toHaveLength(2)
    })

    it('MAS-4 every space has the default ruleset active as its version 1', async () => {
      const added = await makeSpace(world, byTest, world.workspaceId, 'more')
      for (const spaceId of [world.dev, world.prod, added.space_id]) {
        expect(await rulesetBody(world.database, spaceId, 1)).toBe(defaultRulesetYaml)
        expect((await world.engine.ruleset(spaceId)).version).toBe(1)
      }
    })

    it('a space is deleted with everything in it, once its name is confirmed', async () => {
      await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      const api = await makeApiKey(world, byTest, world.workspaceId, world.dev, { role: 'viewer' })
      await world.engine.ingest(world.dev, [visit('web', '1', { userId: 'u1' })])
      const remove = (name: string) => removeSpace(world, byTest, world.workspaceId, world.dev, name)
      await expect(remove('prod')).rejects.toMatchObject({ code: 'space.not_confirmed' })
      await remove('dev')
      for (const table of ['records', 'traces', 'profiles', 'sources', 'rulesets', 'audit', 'spaces'] as const) {
        expect(await rowsOf(table)).toBe(0)
      }
      expect(await who(api.text)).toBeNull()
      await expect(removeSpace(world, byTest, world.workspaceId, world.prod, 'prod')).rejects.toMatchObject({
        code: 'space.last',
      })
    })

    async function rowsOf(table: 'records' | 'traces' | 'profiles' | 'sources' | 'rulesets' | 'audit' | 'spaces') {
      const [row] = await world.database.all<{ found: number }>(
        `SELECT count(*) AS found FROM ${table} WHERE space_id = ?`,
        [world.dev],
      )
      return row?.found
    }
  })

  describe('sources', () => {
    it('SEG-3 sources that are connected to one space share one view of their people', async () => {
      for (const source of ['web', 'app', 'crm']) await connect(source, world.dev)
      const outcomes = await world.engine.ingest(
        world.dev,
        ['web', 'app', 'crm'].map((source) => visit(source, '1', { userId: 'u1' })),
        { wantProfiles: true },
      )
      expect(new Set(outcomes.map(({ profileId }) => profileId)).size).toBe(1)
    })

    it('SEG-3 a key feeds every space that its source is connected to', async () => {
      const { text } = await makeWriteKey(world, byTest, world.everywhere, world.dev, {
        source: 'web',
        class: 'server',
      })
      expect(await fedBy(text)).toEqual([world.dev])
      await connect('web', world.prod)
      world.pass(1000)
      expect(await fedBy(text)).toEqual([world.dev, world.prod].sort())
      await disconnect(world, byTest, world.dev, 'web')
      world.pass(1000)
      expect(await fedBy(text)).toEqual([world.prod])
    })

    it('SEG-4 a source of one space is unknown in another', async () => {
      const { text } = await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'a', class: 'server' })
      await makeWriteKey(world, byTest, world.everywhere, world.prod, { source: 'b', class: 'server' })
      expect(await fedBy(text)).toEqual([world.dev])
      expect((await connectedSources(world.database, world.dev)).map(({ source }) => source)).toEqual(['a'])
      await expect(disconnect(world, byTest, world.prod, 'a')).rejects.toMatchObject({ code: 'source.unknown' })
    })

    it('SEG-4 whoever manages one space cannot draw the records of another into it', async () => {
      await connect('web', world.prod)
      const devOnly = { workspaceId: world.workspaceId, spaceId: world.dev }
      const attempt = connectSource(world, byTest, devOnly, world.dev, 'web', { class: 'server' })
      await expect(attempt).rejects.toMatchObject({ code: 'source.elsewhere' })
      const withKey = makeWriteKey(world, byTest, devOnly, world.dev, { source: 'web', class: 'server' })
      await expect(withKey).rejects.toMatchObject({ code: 'source.elsewhere' })
    })

    it('a public source is untrusted, whatever is asked for', async () => {
      const { class: sourceClass, trust } = await connectSource(world, byTest, world.everywhere, world.dev, 'web', {
        class: 'public',
      })
      expect([sourceClass, trust]).toEqual(['public', 'untrusted'])
      const trusted = { class: 'public', trust: 'trusted' } as const
      const attempt = connectSource(world, byTest, world.everywhere, world.dev, 'app', trusted)
      await expect(attempt).rejects.toMatchObject({ code: 'source.public_is_untrusted' })
    })

    it('all keys of a source are of its class', async () => {
      await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      const other = makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'server' })
      await expect(other).rejects.toMatchObject({ code: 'source.other_class' })
    })

    it('A4 a source that is made public believes its past no more than its future', async () => {
      await connect('web', world.dev)
      await connect('crm', world.dev)
      const ingest = (source: string, key: string) =>
        world.engine.ingest(world.dev, [visit(source, key, { userId: 'u1' })], { wantProfiles: true })
      await ingest('crm', '1')
      await ingest('web', '1')
      expect(await profileCount()).toBe(1)
      await changeSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'public' })
      expect(await profileCount()).toBe(2)
      await ingest('web', '2')
      expect(await profileCount()).toBe(2)
      await changeSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'server' })
      expect(await profileCount()).toBe(1)
    })

    it('A4 records of a public source are believed no more once it is disconnected', async () => {
      await connectSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'public' })
      await connect('crm', world.dev)
      await world.engine.ingest(world.dev, [visit('crm', '1', { userId: 'u1' })])
      await world.engine.ingest(world.dev, [visit('web', '1', { userId: 'u1' })])
      await disconnect(world, byTest, world.dev, 'web')
      expect((await connectedSources(world.database, world.dev)).map(({ source }) => source)).toEqual(['crm'])
      await world.engine.publish(world.dev, defaultRulesetYaml, byTest, null)
      expect(await profileCount()).toBe(2)
      const asServer = connectSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'server' })
      await expect(asServer).rejects.toMatchObject({ code: 'source.other_class' })
      await connectSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'public' })
      expect((await connectedSources(world.database, world.dev)).map(({ source }) => source)).toEqual(['crm', 'web'])
    })

    it('A4 records that came before their source was known are read again as those of a public one', async () => {
      await connect('crm', world.dev)
      await world.engine.ingest(world.dev, [visit('crm', '1', { userId: 'u1' }), visit('web', '1', { userId: 'u1' })])
      expect(await profileCount()).toBe(1)
      await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      expect(await profileCount()).toBe(2)
    })

    it('A4 an id that a public source claims without proof links nothing, and is in the audit log once an hour', async () => {
      await connect('crm', world.dev)
      await connectSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'public' })
      await world.engine.ingest(world.dev, [visit('crm', '1', { userId: 'u1' })])
      const forge = (key: string, proven: readonly string[] = []) =>
        world.engine.ingest(world.dev, [{ ...visit('web', key, { userId: 'u1' }), proven }], { wantProfiles: true })
      const outcomes = [await forge('1'), await forge('2')].flat()
      expect(await profileCount()).toBe(2)
      expect(new Set(outcomes.map(({ profileId }) => profileId)).size).toBe(1)
      const entries = async () =>
        (await auditEntries(world.database, world.dev, 1000, 100)).filter(({ action }) => action === 'id.unproved')
      expect(await entries()).toMatchObject([{ object: 'web', details: '{}' }])
      world.pass(3_600_000)
      await forge('3')
      expect(await entries()).toHaveLength(2)
      await forge('4', ['user_id'])
      expect(await entries()).toHaveLength(2)
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true })
    })

    it('a source with public keys in use does not become one of servers', async () => {
      const { key } = await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      const change = () => changeSource(world, byTest, world.everywhere, world.dev, 'web', { class: 'server' })
      await expect(change()).rejects.toMatchObject({ code: 'source.public_keys' })
      await endKey(world, byTest, world.everywhere, null, key.key_id)
      expect((await change()).class).toBe('server')
    })

    async function profileCount(): Promise<number | undefined> {
      const [row] = await world.database.all<{ found: number }>(
        `SELECT count(*) AS found FROM profiles WHERE space_id = ? AND status = 'active'`,
        [world.dev],
      )
      return row?.found
    }
  })

  describe('keys', () => {
    it('A23 nothing of a key is stored but its hash and its last four characters', async () => {
      const made = await makeApiKey(world, byTest, world.workspaceId, world.dev, { role: 'viewer' })
      const rows = JSON.stringify(await world.database.all('SELECT * FROM keys ORDER BY key_id'))
      expect(rows).not.toContain(made.text.slice(7, 30))
      expect(made.key.last4).toBe(made.text.slice(-4))
      const listed = JSON.stringify(await listKeys(world.database, world.everywhere, world.dev))
      expect(listed).not.toContain(made.text)
      expect(listed).not.toContain('key_hash')
    })

    it('A23 a revoked key is refused within a second, also where it was in use a moment before', async () => {
      const made = await makeApiKey(world, byTest, world.workspaceId, world.dev, { role: 'viewer' })
      expect(await who(made.text)).toMatchObject({ kind: 'api_key', spaceId: world.dev, role: 'viewer' })
      await endKey(world, byTest, world.everywhere, null, made.key.key_id)
      world.pass(1000)
      expect(await who(made.text)).toBeNull()
      const again = endKey(world, byTest, world.everywhere, null, made.key.key_id)
      await expect(again).rejects.toMatchObject({ code: 'key.ended' })
    })

    it('A23 a key expires at its instant', async () => {
      const expiresAt = world.now() + 500
      const { text } = await makeApiKey(world, byTest, world.workspaceId, world.dev, { role: 'viewer', expiresAt })
      world.pass(499)
      expect(await who(text)).not.toBeNull()
      world.pass(1)
      expect(await who(text)).toBeNull()
      const past = makeApiKey(world, byTest, world.workspaceId, world.dev, { role: 'viewer', expiresAt })
      await expect(past).rejects.toMatchObject({ code: 'key.expires_in_the_past' })
    })

    it('A23 two keys are live during a rotation, and the older one ends after the overlap', async () => {
      const older = await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      const newer = await rotateKey(world, byTest, world.everywhere, null, older.key.key_id, 3_600_000)
      expect(newer.key).toMatchObject({ class: 'public', source: 'web', kind: 'write' })
      expect(newer.olderEndsAt).toBe(world.now() + 3_600_000)
      expect(await who(older.text)).toMatchObject({ source: 'web' })
      expect(await who(newer.text)).toMatchObject({ source: 'web' })
      const twice = rotateKey(world, byTest, world.everywhere, null, older.key.key_id)
      await expect(twice).rejects.toMatchObject({ code: 'key.replaced' })
      world.pass(3_600_000)
      expect(await who(older.text)).toBeNull()
      expect(await who(newer.text)).not.toBeNull()
    })

    it('A23 last use is shown, and written without a write per request', async () => {
      const { text, key } = await makeApiKey(world, byTest, world.workspaceId, world.dev, { role: 'viewer' })
      const before = world.database.commits
      for (let i = 0; i < 50; i++) await who(text)
      expect(world.database.commits).toBe(before)
      await world.access.keyRing.flush()
      const [listed] = await listKeys(world.database, world.everywhere, world.dev)
      expect(listed?.key).toMatchObject({ key_id: key.key_id, last_used_at: world.now() })
    })

    it('A23 a server key that is seen in a browser is noted beside its source', async () => {
      const server = await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'shop', class: 'server' })
      const open = await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      const headers = { origin: 'https://shop.example.com' }
      await world.access.authenticate(requestWithKey(server.text, { headers }))
      await world.access.authenticate(requestWithKey(open.text, { headers }))
      await world.access.keyRing.flush()
      const sources = await connectedSources(world.database, world.dev)
      expect(sources.map(({ source, browser_seen_at }) => [source, browser_seen_at])).toEqual([
        ['shop', world.now()],
        ['web', null],
      ])
    })

    it('A13 a key of another space is unknown to whoever manages one space', async () => {
      const { key } = await makeApiKey(world, byTest, world.workspaceId, world.prod, { role: 'viewer' })
      const devOnly = { workspaceId: world.workspaceId, spaceId: world.dev }
      const faults = await Promise.all(
        [key.key_id, 'k_00000000000000000000000000000000'].map((id) =>
          endKey(world, byTest, devOnly, null, id).catch((fault: ControlFault) => [fault.code, fault.message]),
        ),
      )
      expect(faults[0]).toEqual(faults[1])
      expect(await listKeys(world.database, devOnly, world.dev)).toEqual([])
    })

    it('a public key cannot be made to see profiles', async () => {
      const given = { source: 'web', class: 'public', mayView: true } as const
      const attempt = makeWriteKey(world, byTest, world.everywhere, world.dev, given)
      await expect(attempt).rejects.toMatchObject({ code: 'key.public_sees_nothing' })
    })
  })

  describe('audit', () => {
    it('I-31 every change has one entry in an unbroken chain, and what is refused changes nothing', async () => {
      const made = await makeWriteKey(world, byTest, world.everywhere, world.dev, { source: 'web', class: 'public' })
      await rotateKey(world, byTest, world.everywhere, null, made.key.key_id)
      await endKey(world, byTest, world.everywhere, null, made.key.key_id)
      await endKey(world, byTest, world.everywhere, null, made.key.key_id).catch(() => undefined)
      await disconnect(world, byTest, world.dev, 'web')
      const actions = (await auditEntries(world.database, world.dev, 1000, 100)).map(({ action }) => action)
      expect(actions).toEqual(['source.disconnect', 'key.revoke', 'key.rotate', 'key.create'])
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true, entries: 4 })
    })

    it('A25 I-35 a log that was cut, or written anew from some entry on, does not go through a checkpoint kept elsewhere', async () => {
      for (const source of ['a', 'b', 'c', 'd']) await connect(source, world.dev)
      const kept = await auditCheckpoint(world.database, world.dev)
      expect(kept.seq).toBe(4)
      await connect('e', world.dev)
      expect(await verifyAudit(world.database, world.dev, [kept])).toMatchObject({ ok: true, entries: 5 })
      await world.database.run('DELETE FROM audit WHERE space_id = ? AND seq > 2', [world.dev])
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true, entries: 2 })
      expect(await verifyAudit(world.database, world.dev, [kept])).toEqual({ ok: false, seq: 3, because: 'missing' })
      for (const source of ['x', 'y']) await connect(source, world.dev)
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true, entries: 4 })
      expect(await verifyAudit(world.database, world.dev, [kept])).toEqual({ ok: false, seq: 4, because: 'changed' })
    })

    it('I-35 any single change of a character, removal, repetition or exchange is found, in two hundred random tries', async () => {
      for (let index = 0; index < 12; index++) await connect(`s${index}`, world.dev)
      const columns = ['at', 'actor', 'action', 'object', 'details', 'previous_hash', 'hash'] as const
      const whole = await world.database.all<Record<string, string | number>>(
        'SELECT * FROM audit WHERE space_id = ? ORDER BY seq',
        [world.dev],
      )
      const random = randomFrom(20_261_123)
      const below = (count: number) => Math.floor(random() * count)
      const replaceAll = async (rows: readonly Record<string, string | number>[]) => {
        await world.database.run('DELETE FROM audit WHERE space_id = ?', [world.dev])
        const names = Object.keys(whole[0] ?? {})
        await world.database.runEach(
          `INSERT INTO audit (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
          rows.map((row) => names.map((name) => row[name] ?? null)),
        )
      }
      for (let attempt = 0; attempt < 200; attempt++) {
        const rows = whole.map((row) => ({ ...row }))
        const place = below(rows.length)
        const row = rows[place] ?? {}
        const way = below(3)
        if (way === 0) {
          const column = columns[below(columns.length)] ?? 'hash'
          const text = String(row[column])
          const at = below(text.length)
          const other = String((Number.parseInt(text[at] ?? '0', 36) + 1) % 10)
          row[column] = column === 'at' ? Number(row[column]) + 1 : `${text.slice(0, at)}${other}${text.slice(at + 1)}`
          if (row[column] === text) continue
        } else if (way === 1 && place < rows.length - 1) {
          rows.splice(place, 1)
        } else {
          const second = rows[(place + 1) % rows.length] ?? {}
          for (const column of columns) [row[column], second[column]] = [second[column] ?? '', row[column] ?? '']
        }
        await replaceAll(rows)
        expect(
          (await verifyAudit(world.database, world.dev)).ok,
          `attempt ${attempt}, way ${way}, place ${place}`,
        ).toBe(false)
      }
      await replaceAll(whole)
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true, entries: whole.length })
    })

    it('A25 a changed, removed or moved entry is found', async () => {
      for (const source of ['a', 'b', 'c', 'd']) await connect(source, world.dev)
      const verdictAfter = async (statement: string) => {
        await world.database.run(statement, [world.dev])
        return verifyAudit(world.database, world.dev)
      }
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true, entries: 4 })
      expect(await verdictAfter(`UPDATE audit SET object = 'x' WHERE space_id = ? AND seq = 3`)).toMatchObject({
        ok: false,
        seq: 3,
      })
      await world.database.run(`UPDATE audit SET object = 'c' WHERE space_id = ? AND seq = 3`, [world.dev])
      expect(await verifyAudit(world.database, world.dev)).toMatchObject({ ok: true })
      expect(await verdictAfter('DELETE FROM audit WHERE space_id = ? AND seq = 2')).toMatchObject({
        ok: false,
        seq: 2,
      })
    })
  })
})

async function who(text: string): Promise<Principal | null> {
  const found = await world.access.authenticate(requestWithKey(text))
  return isFault(found) ? null : found
}

async function fedBy(text: string): Promise<readonly string[]> {
  const principal = await who(text)
  return principal?.kind === 'write_key' ? principal.feeds.map(({ spaceId }) => spaceId) : []
}

function connect(source: string, spaceId: string) {
  return connectSource(world, byTest, world.everywhere, spaceId, source, { class: 'server' })
}

function visit(source: string, key: string, payload: { readonly userId: string }) {
  return {
    source,
    key,
    kind: 'event',
    event: 'page',
    observedAt: null,
    payload,
    payloadText: JSON.stringify(payload),
    proven: [],
  } as const
}
