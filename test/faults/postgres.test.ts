import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomFrom } from '../parity/random-world.ts'
import { startPostgres, type PostgresServer } from '../postgres/postgres-server.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import { troubledPostgres } from './scenarios.ts'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)
let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres(18)
})
afterAll(() => postgres.stop())

describe('PostgreSQL under a server', () => {
  it('I-21 I-22 connections cut before and after COMMIT lose nothing and double nothing', async () => {
    const proxy = await startCuttingProxy(postgres.port, randomFrom(seed))
    try {
      const direct = await postgres.createDatabase()
      const through = direct.replace(`:${postgres.port}/`, `:${proxy.port}/`)
      const outcome = await troubledPostgres([through], seed, async () => {
        proxy.cut(0.2, 0.2)
        await sleep(2500)
        proxy.cut(0, 0)
      })
      expect(outcome.findings, `seed ${seed}`).toEqual([])
      expect([...outcome.statuses.keys()].sort()).toEqual([200, 503])
      expect(proxy.cuts.before).toBeGreaterThan(0)
      expect(proxy.cuts.after).toBeGreaterThan(0)
    } finally {
      proxy.close()
    }
  })

  it('I-21 connections that an operator ends in mid-transaction lose nothing', async () => {
    const url = await postgres.createDatabase()
    const outcome = await troubledPostgres([url], seed, async () => {
      const client = new pg.Client(url)
      await client.connect()
      for (let round = 0; round < 15; round++) {
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        )
        await sleep(60)
      }
      await client.end()
    })
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    expect([...outcome.statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([])
  })

  it('I-21 I-26 a crash of PostgreSQL is got over without a restart of the server', async () => {
    const url = await postgres.createDatabase()
    const outcome = await troubledPostgres([url], seed, () => postgres.restart())
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    expect(outcome.statuses.get(503)).toBeGreaterThan(0)
    expect([...outcome.statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([])
  })

  it('I-20 I-21 of three servers on one database one is killed, and the others go on with what its senders send again', async () => {
    const url = await postgres.createDatabase()
    const outcome = await troubledPostgres([url, url, url], seed, async ([first]) => {
      first?.signal('SIGKILL')
      await sleep(300)
    })
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    // 0: the one that is gone does not answer.
    expect([...outcome.statuses.keys()].filter((status) => ![0, 200, 503].includes(status))).toEqual([])
  })
})
