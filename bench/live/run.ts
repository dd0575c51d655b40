import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeApiKey, firstStart } from '@selfsame/server'
import { openDatabase } from '@selfsame/store'
import { prepareDiskShim } from '../../test/faults/disk-shim.ts'
import { readRecording } from '../../test/faults/power-cut.ts'
import { prepareDatabase, startServing, type PreparedDatabase, type ServingProcess } from '../../test/faults/serving.ts'
import { startPostgres } from '../../test/postgres/postgres-server.ts'
import { send, type Figures } from './client.ts'
import { customersWithMail, knownVisitors, newVisitors } from './world.ts'

/**
 * The live budgets over HTTP, as ratios within one run: `npm run bench:live`. `--events N` of each load (default 20,000),
 * `--stored N` events that a store grows to (default 100,000), `--shared N` profiles with one value (default 3,000),
 * `--store sqlite` or `postgres` alone. `--soak N`: nothing but a load of N minutes on SQLite, with the memory of the server
 * every minute.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    stored: { type: 'string' },
    shared: { type: 'string' },
    store: { type: 'string' },
    soak: { type: 'string' },
  },
})
const events = Number(values.events ?? 20_000)
const stored = Number(values.stored ?? 100_000)
const shared = Number(values.shared ?? 3_000)
const folder = mkdtempSync(join(tmpdir(), 'selfsame-bench-live-'))
const say = (text: string) => process.stdout.write(`${text}\n`)
const knownPeople = 2_000
let loads = 0

try {
  say(
    `${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}; the client runs on the same cores`,
  )
  if (values.soak === undefined) await measureAll()
  else await soak(Number(values.soak))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measureAll(): Promise<void> {
  const bare = await measureBare()
  if (values.store !== 'postgres') {
    say('\nSQLite')
    await measureStore(`sqlite:${join(folder, 'bench.db')}`, bare)
    await countSyncs()
  }
  if (values.store !== 'sqlite') {
    const server = await startPostgres(18)
    try {
      say('\nPostgreSQL 18')
      await measureStore(await server.createDatabase(), bare)
    } finally {
      await server.stop()
    }
  }
}

/** Whether memory grows with time: it may grow with what caches hold, and then no more. */
async function soak(minutes: number): Promise<void> {
  const prepared = await prepareDatabase(`sqlite:${join(folder, 'soak.db')}`)
  const serving = await startServing(prepared.url)
  const began = performance.now()
  let minute = 0
  let sent = 0
  while (minute < minutes) {
    const load = newVisitors(given('soak', 5_000))
    sent += (await plain(serving, prepared, load.bodies, 16, load.eventsPerBody)).events
    const passed = Math.floor((performance.now() - began) / 60_000)
    if (passed === minute) continue
    minute = passed
    say(`${minute} min: ${sent} events, ${residentOf(serving.pid)} MB`)
  }
  serving.signal('SIGTERM')
  await serving.finished
}

async function measureBare(): Promise<Figures> {
  const script = fileURLToPath(new URL('bare-server.ts', import.meta.url))
  const child = spawn(process.execPath, [script, join(folder, 'bare.log')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /listens on (\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const load = newVisitors(given('bare', events))
  const figures = await send(address, '/v1/batch', 'none', load.bodies, 16, load.eventsPerBody)
  child.kill('SIGTERM')
  say(`bare parse, append, group sync: ${perSecond(figures)}`)
  return figures
}

async function measureStore(url: string, bare: Figures): Promise<void> {
  const prepared = await prepareDatabase(url)
  const viewer = await viewerKey(prepared)
  const serving = await startServing(url)
  try {
    const first = await bodies(serving, prepared, 'new', newVisitors(given('new', events)), bare)
    const home = given('home', knownPeople)
    await plain(serving, prepared, newVisitors(home).bodies, 16, 100)
    await bodies(
      serving,
      prepared,
      'known signatures',
      knownVisitors(given('known', events), knownPeople, home.prefix),
      bare,
    )
    await singles(serving, prepared)
    await hotValue(serving, prepared)
    await grow(serving, prepared, first)
    await lookUps(serving, prepared, viewer)
  } finally {
    serving.signal('SIGTERM')
    await serving.finished
  }
}

/** Bodies of 100 events over 16 connections. */
async function bodies(
  serving: ServingProcess,
  prepared: PreparedDatabase,
  name: string,
  load: { readonly bodies: readonly string[] },
  bare: Figures,
): Promise<number> {
  const before = cpuSeconds(serving.pid)
  const figures = await plain(serving, prepared, load.bodies, 16, 100)
  const cpu = (cpuSeconds(serving.pid) - before) / figures.events
  const ratio = (figures.eventsPerSecond / bare.eventsPerSecond).toFixed(2)
  say(`${name}: ${perSecond(figures)}, ${ratio} of bare, ${micros(cpu)} CPU an event, ${megabytesOf(serving.pid)} MB`)
  return cpu
}

async function singles(serving: ServingProcess, prepared: PreparedDatabase): Promise<void> {
  const alone = await plain(serving, prepared, newVisitors(given('alone', 500, 1)).bodies, 1, 1)
  const many = await plain(serving, prepared, newVisitors(given('many', 4_000, 1)).bodies, 32, 1)
  say(
    `one event a request: alone p50 ${ms(alone.p50)}, p99 ${ms(alone.p99)}; 32 connections p50 ${ms(many.p50)}, p99 ${ms(many.p99)}`,
  )
}

/** The p99 of requests whose value very many profiles hold, against requests with a value of their own. */
async function hotValue(serving: ServingProcess, prepared: PreparedDatabase): Promise<void> {
  await plain(serving, prepared, customersWithMail(given('crowd', shared), 'one').bodies, 4, 100)
  const own = await plain(serving, prepared, customersWithMail(given('own', 600, 1), 'own').bodies, 1, 1)
  const hot = await plain(serving, prepared, customersWithMail(given('hot', 600, 1), 'one').bodies, 1, 1)
  say(
    `a value that ${shared} profiles share: p99 ${ms(hot.p99)} against ${ms(own.p99)}, ${(hot.p99 / own.p99).toFixed(1)} ×`,
  )
}

async function grow(serving: ServingProcess, prepared: PreparedDatabase, first: number): Promise<void> {
  for (let done = 0; done < stored; done += 20_000) {
    await plain(serving, prepared, newVisitors(given('grow', Math.min(20_000, stored - done))).bodies, 16, 100)
  }
  const before = cpuSeconds(serving.pid)
  const figures = await plain(serving, prepared, newVisitors(given('after', events)).bodies, 16, 100)
  const cpu = (cpuSeconds(serving.pid) - before) / figures.events
  say(
    `with ${stored} events more: ${perSecond(figures)}, ${micros(cpu)} CPU an event, ${(cpu / first).toFixed(2)} × that of the first`,
  )
}

/** Look-up by identifier, and the profile with its golden record, one after the other. */
async function lookUps(serving: ServingProcess, { writeKey }: PreparedDatabase, viewer: string): Promise<void> {
  const found: string[] = []
  const times: number[] = []
  const ask = async (path: string, body: object | null) => {
    const began = performance.now()
    const answer = await fetch(`${serving.address}${path}`, {
      method: body === null ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${viewer}`, 'content-type': 'application/json' },
      ...(body !== null && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    times.push(performance.now() - began)
    if (answer.status !== 200) throw new Error(`answered with ${answer.status}`)
    return text
  }
  const load = newVisitors(given('asked', 1_000))
  await send(serving.address, '/v1/batch', writeKey, load.bodies, 4, 100)
  for (let index = 0; index < 1_000; index++) {
    const visitor = `asked${loads}-a${index}`
    const text = await ask('/api/v1/profiles/lookup', { type: 'anonymous_id', value: visitor })
    const id = /"profileId":"([^"]+)"/.exec(text)?.[1]
    if (id !== undefined) found.push(id)
  }
  const lookUp = percentile(times.splice(0), 0.99)
  for (const id of found) await ask(`/api/v1/profiles/${id}`, null)
  say(
    `look-up by identifier p99 ${ms(lookUp)}, profile with its golden record p99 ${ms(percentile(times, 0.99))} (${found.length} of each)`,
  )
}

/** Syncs an event, counted at the C library, on a store of its own. */
async function countSyncs(): Promise<void> {
  const file = join(folder, 'syncs.db')
  const prepared = await prepareDatabase(`sqlite:${file}`)
  const shim = prepareDiskShim(folder, file)
  const serving = await startServing(`sqlite:${file}`, shim.env)
  const syncs = () => readRecording(shim.log).filter(({ kind }) => kind === 'sync').length
  const counted = async (load: { readonly bodies: readonly string[] }, connections: number, perBody: number) => {
    const before = syncs()
    const { events: count } = await plain(serving, prepared, load.bodies, connections, perBody)
    return ((syncs() - before) / count).toFixed(3)
  }
  const bodiesOf100 = await counted(newVisitors(given('s', 10_000)), 16, 100)
  const many = await counted(newVisitors(given('s', 1_000, 1)), 32, 1)
  const alone = await counted(newVisitors(given('s', 200, 1)), 1, 1)
  serving.signal('SIGTERM')
  await serving.finished
  say(`syncs an event: ${bodiesOf100} in bodies of 100 over 16 connections, ${many} singly over 32, ${alone} alone`)
}

function given(name: string, count: number, perBody = 100) {
  return { name, events: count, perBody, prefix: `${name}${++loads}` }
}

function plain(
  serving: ServingProcess,
  { writeKey }: PreparedDatabase,
  load: readonly string[],
  connections: number,
  perBody: number,
): Promise<Figures> {
  return send(serving.address, '/v1/batch', writeKey, load, connections, perBody)
}

async function viewerKey({ url, spaceId }: PreparedDatabase): Promise<string> {
  const database = openDatabase(url)
  const now = Date.now
  const { workspaceId } = await firstStart({ database, now })
  const made = await makeApiKey({ database, now }, 'bench', workspaceId, spaceId, { role: 'viewer' })
  await database.close()
  await sleep(50)
  return made.text
}

/** User and system time of a process (Linux). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function megabytesOf(pid: number): string {
  return (Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000).toFixed(0)
}

function residentOf(pid: number): string {
  return (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000).toFixed(0)
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function perSecond({ eventsPerSecond }: Figures): string {
  return `${Math.round(eventsPerSecond).toLocaleString('en')} events/s`
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}

function micros(seconds: number): string {
  return `${(seconds * 1e6).toFixed(0)} µs`
}
