import { setTimeout as sleep } from 'node:timers/promises'
import { defaultRulesetYaml } from '@selfsame/core'
import { createEngine, makeApiKey } from '@selfsame/server'
import { findWorkspace, openDatabase } from '@selfsame/store'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../parity/random-world.ts'
import { databaseKinds } from '../postgres/fresh-databases.ts'
import { holdAgainstLedger, holdAgainstReplay } from './hold-ledger.ts'
import { Ledger, startLoad } from './load.ts'
import { prepareDatabase, startServing } from './serving.ts'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)
const cycles = Number(process.env['SELFSAME_CYCLES'] ?? 3)
const bodies = [
  'version: 1\nrules: []\n',
  defaultRulesetYaml.replace('enabled: false', 'enabled: true'),
  'version: 1\nrules: [ { name: Mail, match: [ { exact: email } ], action: review } ]\n',
]
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('kill -9 on $name', ({ fresh }) => {
  it('I-21 I-24 at any moment of publishing leaves the old ruleset or the new one, whole, and no acknowledged event lost', async () => {
    const { url, remove } = await fresh()
    try {
      const random = randomFrom(seed)
      const { spaceId, writeKey } = await prepareDatabase(url)
      const manager = await managerKey(url, spaceId)
      const ledger = new Ledger()
      let begun = 0
      for (let cycle = 0; cycle < cycles; cycle++) {
        const serving = await startServing(url)
        const name = `publish-${cycle}`
        const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 3, seed: seed + cycle, name })
        const until = performance.now() + 300 + random() * 700
        const publishing = (async () => {
          while (performance.now() < until + 1_000) {
            const yaml = bodies[Math.floor(random() * bodies.length)]
            const status = await publish(serving.address, manager, { yaml, wait: random() < 0.7 })
            if (status === 0) return
            begun++
          }
        })()
        await sleep(until - performance.now())
        serving.signal('SIGKILL')
        await Promise.all([load.stop(), publishing, serving.finished])
        expect(await holdAgainstLedger(url, spaceId, ledger), `seed ${seed} cycle ${cycle}`).toEqual([])
        expect(await versionsAndRuns(url, spaceId), `seed ${seed} cycle ${cycle}`).toEqual({ unexplained: 0, ahead: 0 })
      }
      expect(begun).toBeGreaterThan(0)
      await publishDefault(url, spaceId)
      expect(await holdAgainstReplay(url, spaceId), `seed ${seed}`).toEqual([])
      expect(ledger.acknowledged.size).toBeGreaterThan(0)
    } finally {
      await remove()
    }
  })
})

async function managerKey(url: string, spaceId: string): Promise<string> {
  const database = openDatabase(url)
  try {
    const workspaceId = (await findWorkspace(database)) ?? ''
    const made = await makeApiKey({ database, now: Date.now }, 'tester', workspaceId, spaceId, { role: 'manager' })
    return made.text
  } finally {
    await database.close()
  }
}

/** 0: the server is gone. */
async function publish(address: string, key: string, body: object): Promise<number> {
  try {
    const answer = await fetch(`${address}/api/v1/rulesets/publish`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await answer.text()
    return answer.status
  } catch {
    return 0
  }
}

/** Versions that no finished run published, and how far the space is from its latest version. */
async function versionsAndRuns(url: string, spaceId: string): Promise<object> {
  const database = openDatabase(url)
  try {
    const [row] = await database.all<{ versions: number; runs: number; latest: number; published: number }>(
      `SELECT (SELECT count(*) FROM rulesets WHERE space_id = ?) AS versions,
         (SELECT count(*) FROM runs WHERE space_id = ? AND kind = 'publish' AND state = 'done') AS runs,
         (SELECT max(version) FROM rulesets WHERE space_id = ?) AS latest,
         (SELECT ruleset_version FROM spaces WHERE space_id = ?) AS published`,
      [spaceId, spaceId, spaceId, spaceId],
    )
    return {
      unexplained: (row?.versions ?? 0) - 1 - (row?.runs ?? 0),
      ahead: (row?.latest ?? 0) - (row?.published ?? 0),
    }
  } finally {
    await database.close()
  }
}

async function publishDefault(url: string, spaceId: string): Promise<void> {
  const database = openDatabase(url)
  const engine = createEngine({ database, now: Date.now })
  try {
    await engine.publish(spaceId, defaultRulesetYaml, 'tester', null)
  } finally {
    await engine.close()
    await database.close()
  }
}
