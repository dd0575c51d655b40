import {
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEngine } from '@selfsame/server'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holdAgainstLedger, holdAgainstReplay } from '../faults/hold-ledger.ts'
import { Ledger, startLoad } from '../faults/load.ts'
import { prepareDatabase, startServing } from '../faults/serving.ts'
import { folderWith, run, start } from './cli-process.ts'

const folder = folderWith()
const at = (name: string) => join(folder, name)
const selfsame = (...args: readonly string[]) => run(args, { cwd: folder, env: { DATABASE_URL: undefined } })
const onDatabase = (name: string, ...args: readonly string[]) => selfsame(...args, '--database', `sqlite:${at(name)}`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('selfsame backup, beside a server under load', () => {
  it('I-29 restores to a beginning of what was acknowledged that holds everything acknowledged before it began', async () => {
    const { url, spaceId, writeKey } = await prepareDatabase(`sqlite:${at('live.db')}`)
    const serving = await startServing(url)
    const ledger = new Ledger()
    const mark = () => performance.now()
    const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 4, seed: 1, name: 'b', mark })
    await sleep(500)
    const began = performance.now()
    const made = await onDatabase('live.db', 'backup', at('live-backup.db'))
    expect(made.code, made.err).toBe(0)
    await sleep(200)
    const refused = await onDatabase('live.db', 'restore', at('live-backup.db'), '--replace')
    expect([refused.code, refused.err.includes('stop it first')]).toEqual([2, true])
    await load.stop()
    serving.signal('SIGTERM')
    await serving.finished

    const restored = await onDatabase('again.db', 'restore', at('live-backup.db'), '--keys', 'keep')
    expect(restored.code, restored.err).toBe(0)
    const again = `sqlite:${at('again.db')}`
    expect(await holdAgainstLedger(again, spaceId, ledger, began)).toEqual([])
    const [all, some] = [await keysInOrder(url, spaceId), await keysInOrder(again, spaceId)]
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(all.length)
    expect(some).toEqual(all.slice(0, some.length))
    expect(await holdAgainstReplay(again, spaceId)).toEqual([])
    expect(statSync(at('again.db')).mode & 0o077).toBe(0)
  })
})

describe('selfsame restore', () => {
  let live: string
  beforeAll(async () => {
    live = (await onDatabase('keys.db', 'keys', 'create', '--source', 'crm', '--class', 'server', '--space', 'dev')).out
    await onDatabase('keys.db', 'keys', 'create', '--source', 'shop', '--class', 'server', '--space', 'dev')
    await onDatabase('keys.db', 'backup', at('keys-backup.db'))
  })

  it('A29 a key that was revoked after the backup stays revoked', async () => {
    const listed = await onDatabase('keys.db', 'keys', 'list', '--json')
    const keys = JSON.parse(listed.out) as { readonly id: string; readonly last4: string }[]
    const key = keys.find(({ last4 }) => last4 === live.trim().slice(-4))
    await onDatabase('keys.db', 'keys', 'revoke', key?.id ?? '')
    const restored = await onDatabase('keys.db', 'restore', at('keys-backup.db'), '--replace')
    expect([restored.code, restored.err.includes('1 keys of the backup go on no more')]).toEqual([0, true])
    const after = JSON.parse((await onDatabase('keys.db', 'keys', 'list', '--json')).out) as {
      readonly id: string
      readonly revokedAt: string | null
    }[]
    expect(after.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id)).toEqual([key?.id])
    expect(readdirSync(folder).filter((name) => name.startsWith('keys.db.before-'))).toHaveLength(1)
  })

  it('A28 A29 who was erased after the backup is erased from what it brings back, and stays out', async () => {
    const { url, spaceId, writeKey } = await prepareDatabase(`sqlite:${at('erased.db')}`)
    const send = async (messageId: string, body: object) => {
      const serving = await startServing(url)
      const answer = await fetch(`${serving.address}/v1/identify?wait=true`, {
        method: 'POST',
        headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messageId, ...body }),
      })
      const { profileId } = (await answer.json()) as { readonly profileId: string | null }
      serving.signal('SIGTERM')
      await serving.finished
      return profileId
    }
    const forgotten = await send('e1', { userId: 'e-1', traits: { email: 'kanarienvogel@example.com' } })
    const other = await send('e2', { userId: 'e-2', traits: { email: 'stays@example.com' } })
    await onDatabase('erased.db', 'backup', at('erased-backup.db'))
    const database = openDatabase(url)
    const engine = createEngine({ database, now: Date.now })
    await engine.erase(spaceId, [forgotten ?? ''], { actor: 'tester' })
    await engine.close()
    await database.close()
    const restored = await onDatabase('erased.db', 'restore', at('erased-backup.db'), '--replace')
    expect([restored.code, restored.err.includes('1 profiles were erased again')], restored.err).toEqual([0, true])
    expect(readFileSync(at('erased.db')).includes('kanarienvogel')).toBe(false)
    expect(await send('e3', { userId: 'e-1', traits: { email: 'kanarienvogel@example.com' } })).toBeNull()
    expect(await send('e4', { userId: 'e-2' })).toBe(other)
    expect((await onDatabase('erased.db', 'doctor')).code).toBe(0)
  })

  it('A29 where nothing says which keys were revoked since, somebody decides', async () => {
    const undecided = await onDatabase('new.db', 'restore', at('keys-backup.db'))
    expect([undecided.code, existsSync(at('new.db'))]).toEqual([2, false])
    expect(undecided.err).toContain('--keys revoke or --keys keep')
    const revoked = await onDatabase('new.db', 'restore', at('keys-backup.db'), '--keys', 'revoke')
    expect([revoked.code, revoked.err.includes('2 keys')]).toEqual([0, true])
    const unasked = await onDatabase('new.db', 'restore', at('keys-backup.db'))
    expect([unasked.code, unasked.err.includes('--replace')]).toEqual([2, true])
  })

  it('A29 a backup of a newer Selfsame is refused, by restore and by everything else, and left as it is', async () => {
    copyFileSync(at('keys-backup.db'), at('newer.db'))
    const database = openDatabase(`sqlite:${at('newer.db')}`)
    await database.run(`INSERT INTO selfsame_schema (version, name, applied_at) VALUES (999, 'to come', 0)`)
    await database.close()
    const restored = await onDatabase('from-newer.db', 'restore', at('newer.db'), '--keys', 'keep')
    expect([restored.code, existsSync(at('from-newer.db'))]).toEqual([2, false])
    expect(restored.err).toContain('newer Selfsame')
    for (const args of [
      ['db', 'migrate'],
      ['keys', 'list'],
      ['serve', '--port', '0'],
    ]) {
      const refused = await onDatabase('newer.db', ...args)
      expect([refused.code, refused.err.includes('newer Selfsame')], args.join(' ')).toEqual([2, true])
    }
    const looked = await onDatabase('newer.db', 'doctor')
    expect([looked.code, looked.out.includes('newer Selfsame')]).toEqual([1, true])
  })

  it('a damaged backup is refused, and nothing is changed', async () => {
    copyFileSync(at('keys-backup.db'), at('damaged.db'))
    damageMiddle(at('damaged.db'))
    const before = await onDatabase('keys.db', 'doctor', '--json')
    const refused = await onDatabase('keys.db', 'restore', at('damaged.db'), '--replace')
    expect([refused.code, refused.err.includes('damaged')]).toEqual([2, true])
    expect((await onDatabase('keys.db', 'doctor', '--json')).out).toBe(before.out)
    const missing = await onDatabase('keys.db', 'restore', at('nowhere.db'), '--replace')
    expect(missing.code).toBe(2)
    const other = await onDatabase('keys.db', 'backup', at('keys-backup.db'))
    expect([other.code, other.err.includes('already')]).toEqual([2, true])
  })
})

describe('selfsame doctor', () => {
  it('I-26 says that a file is damaged in its middle, and the commands that meet it say to ask', async () => {
    copyFileSync(at('keys-backup.db'), at('middle.db'))
    damageMiddle(at('middle.db'))
    const { code, out } = await onDatabase('middle.db', 'doctor')
    expect([code, /WRONG file: /.test(out)]).toEqual([1, true])
    const backup = await onDatabase('middle.db', 'backup', at('of-middle.db'))
    expect([backup.code, backup.err.includes('selfsame doctor'), existsSync(at('of-middle.db'))]).toEqual([
      2,
      true,
      false,
    ])
  })

  it('names what does not fit together, by count and without a value', async () => {
    const { url, spaceId, writeKey } = await prepareDatabase(`sqlite:${at('torn.db')}`)
    const serving = await startServing(url)
    await fetch(`${serving.address}/v1/identify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'kanarienvogel', traits: { email: 'kanarienvogel@example.com' } }),
    })
    serving.signal('SIGTERM')
    await serving.finished
    expect((await onDatabase('torn.db', 'doctor')).code).toBe(0)
    const database = openDatabase(url)
    await database.run('DELETE FROM profiles WHERE space_id = ?', [spaceId])
    await database.run(`UPDATE audit SET actor = 'somebody' WHERE space_id = ? AND seq = 1`, [spaceId])
    await database.close()
    const { code, out } = await onDatabase('torn.db', 'doctor')
    expect(code).toBe(1)
    expect(out).toContain('1 traces of a profile that is not there (trace.without_profile)')
    expect(out).toContain('audit log of dev: entry 1 was changed')
    expect(out).not.toContain('kanarienvogel')
  })

  it('says plainly what is done about PostgreSQL, and what a file that is no database is', async () => {
    const postgres = await selfsame('backup', at('x.db'), '--database', 'postgres://somebody@127.0.0.1:1/none')
    expect([postgres.code, postgres.err.includes('pg_dump')]).toEqual([2, true])
    const unreachable = await selfsame('doctor', '--database', 'postgres://somebody@127.0.0.1:1/none')
    expect([unreachable.code, unreachable.err.includes('ECONNREFUSED')]).toEqual([2, true])
    copyFileSync(join(import.meta.dirname, 'cli-backup.test.ts'), at('text.db'))
    const text = await onDatabase('text.db', 'doctor')
    expect([text.code, text.out.includes('does not begin as a database does')]).toEqual([1, true])
  })
})

describe('selfsame db migrate', () => {
  it('A29 is done once by several processes at once, and goes on after one was killed anywhere', async () => {
    const kills = Array.from({ length: 4 }, async (_, index) => {
      const { child, finished } = start(['db', 'migrate', '--database', `sqlite:${at('killed.db')}`])
      await sleep(350 + 90 * index)
      child.kill('SIGKILL')
      await finished
    })
    await Promise.all(kills)
    const ends = await Promise.all(Array.from({ length: 3 }, () => onDatabase('killed.db', 'db', 'migrate')))
    expect(ends.map(({ code, err }) => [code, /version (?:0 to )?1/.test(err)])).toEqual(ends.map(() => [0, true]))
    // There is no workspace yet: that is all that is missing.
    const { out } = await onDatabase('killed.db', 'doctor', '--json')
    const findings = JSON.parse(out) as { readonly ok: boolean; readonly what: string }[]
    expect(findings.map(({ ok, what }) => [what, ok])).toEqual([
      ['file', true],
      ['schema', true],
      ['workspace', false],
    ])
  })
})

async function keysInOrder(url: string, spaceId: string): Promise<readonly string[]> {
  const database = openDatabase(url)
  try {
    const rows = await database.all<{ record_key: string }>(
      'SELECT record_key FROM records WHERE space_id = ? ORDER BY seq',
      [spaceId],
    )
    return rows.map(({ record_key }) => record_key)
  } finally {
    await database.close()
  }
}

/** Overwrites pages in the middle of a file. */
function damageMiddle(path: string): void {
  const file = openSync(path, 'r+')
  const middle = Math.floor(statSync(path).size / 8192) * 4096
  writeSync(file, Buffer.alloc(12_288, 0xa5), 0, 12_288, middle)
  closeSync(file)
}
