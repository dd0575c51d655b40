import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../parity/random-world.ts'
import { prepareDiskShim, type DiskFault } from './disk-shim.ts'
import { holdAgainstLedger, holdAgainstReplay, type Findings } from './hold-ledger.ts'
import { Ledger, startLoad } from './load.ts'
import { diskAfterCut, readRecording, writeDisk } from './power-cut.ts'
import { prepareDatabase, startServing, type ServingProcess } from './serving.ts'

export interface Outcome {
  readonly findings: Findings
  readonly sent: number
  readonly acknowledged: number
}

/** A server is killed at a random moment of a load, again and again, on one database; each time everything is checked. */
export async function killCycles(url: string, cycles: number, seed: number): Promise<Outcome> {
  const random = randomFrom(seed)
  const { spaceId, writeKey } = await prepareDatabase(url)
  const ledger = new Ledger()
  const findings: string[] = []
  for (let cycle = 0; cycle < cycles && findings.length === 0; cycle++) {
    const serving = await startServing(url)
    const name = `kill-${cycle}`
    const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 6, seed: seed + cycle, name })
    await sleep(100 + random() * 500)
    await acknowledgedAtLeast(ledger, 1)
    serving.signal('SIGKILL')
    await load.stop()
    await serving.finished
    findings.push(...(await holdAgainstLedger(url, spaceId, ledger)).map((text) => `cycle ${cycle}: ${text}`))
  }
  if (findings.length === 0) findings.push(...(await holdAgainstReplay(url, spaceId)))
  return outcomeOf(ledger, findings)
}

/**
 * A load is recorded write by write and sync by sync; then the power goes at random places of the recording. `failingSyncs`
 * lets a sync fail now and then while the load is on, and what it should have brought to the disk is lost for good.
 * `restarted`: the server is killed after a sync has failed, and another one goes on; the cuts fall after that.
 */
export async function powerCuts(
  cuts: number,
  seed: number,
  { failingSyncs = false, restarted = false, leastAcknowledged = 500 } = {},
): Promise<Outcome & { readonly refused: number }> {
  const random = randomFrom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-power-'))
  try {
    const file = join(folder, 'served.db')
    const { spaceId, writeKey } = await prepareDatabase(`sqlite:${file}`)
    const before = new Map(
      ['', '-wal'].filter((part) => existsSync(file + part)).map((part) => [part, readFileSync(file + part)]),
    )
    const shim = prepareDiskShim(folder, file)
    const url = `sqlite:${file}`
    const ledger = new Ledger()
    const { recorded: mark } = shim
    if (restarted) {
      const first = await startServing(url, shim.env)
      const load = startLoad({ addresses: [first.address], writeKey, ledger, senders: 4, seed, name: 'first', mark })
      await sleep(300)
      shim.set('syncs fail')
      await sleep(200)
      first.signal('SIGKILL')
      await load.stop()
      shim.set('none')
    }
    const serving = await startServing(url, shim.env)
    const earliest = restarted ? shim.recorded() : 0
    const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 4, seed, name: 'cut', mark })
    const until = performance.now() + patienceMs
    while (ledger.acknowledged.size < leastAcknowledged && performance.now() < until) {
      await sleep(30 + random() * 60)
      if (failingSyncs) shim.set('syncs fail', 1 + Math.floor(random() * 2))
    }
    shim.set('none')
    await sleep(100)
    await load.stop()
    serving.signal('SIGKILL')
    await serving.finished

    const entries = readRecording(shim.log)
    const last = entries[entries.length - 1]?.end ?? 0
    const findings: string[] = []
    for (let cut = 0; cut < cuts && findings.length === 0; cut++) {
      const at = earliest + Math.floor(random() * (last - earliest))
      const place = join(folder, `cut-${cut}`)
      mkdirSync(place)
      writeDisk(diskAfterCut(before, entries, at, random), join(place, 'cut.db'))
      findings.push(...(await checkedAfterCut(`sqlite:${join(place, 'cut.db')}`, spaceId, ledger, at, `cut ${cut}`)))
      rmSync(place, { recursive: true })
    }
    // The recording is of use only where it was checked against something that would have shown a loss.
    if (ledger.acknowledged.size === 0) findings.push('nothing was acknowledged')
    if (!entries.some(({ kind }) => kind === 'sync')) findings.push('nothing was synced')
    return { ...outcomeOf(ledger, findings), refused: ledger.countOf(503) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function checkedAfterCut(
  url: string,
  spaceId: string,
  ledger: Ledger,
  at: number,
  name: string,
): Promise<Findings> {
  try {
    return (await holdAgainstLedger(url, spaceId, ledger, at)).map((text) => `${name}: ${text}`)
  } catch (error) {
    return [`${name}: the file cannot be opened (${error instanceof Error ? error.message : 'unknown'})`]
  }
}

export function outcomeOf(ledger: Ledger, findings: Findings): Outcome {
  return { findings, sent: ledger.sent.size, acknowledged: ledger.acknowledged.size }
}

export interface Recovery extends Outcome {
  /** Answers by status while the fault lasted. */
  readonly during: ReadonlyMap<number, number>
  /** Whether reading went on meanwhile. */
  readonly read: boolean
  /** Events acknowledged after it was over, by the same process. */
  readonly afterwards: number
}

/** The disk of a serving process is full, or fails, for a while. */
export async function failingDisk(fault: DiskFault, seed: number): Promise<Recovery> {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-disk-'))
  try {
    const file = join(folder, 'served.db')
    const url = `sqlite:${file}`
    const { spaceId, writeKey } = await prepareDatabase(url)
    const shim = prepareDiskShim(folder, file)
    const serving = await startServing(url, shim.env)
    const ledger = new Ledger()
    const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 4, seed, name: 'd', again: true })
    await sleep(400)
    shim.set(fault)
    await sleep(150)
    const earlier = new Map(ledger.statuses)
    await sleep(600)
    const during = difference(ledger.statuses, earlier)
    const read = (await fetch(`${serving.address}/readyz`)).status === 200
    shim.set('none')
    const known = ledger.acknowledged.size
    await sleep(700)
    await load.stop()
    const afterwards = ledger.acknowledged.size - known
    serving.signal('SIGTERM')
    const { code } = await serving.finished
    const findings = [
      ...(code === 0 ? [] : [`the server ended with ${String(code)}`]),
      ...(await holdAgainstLedger(url, spaceId, ledger)),
      ...(await holdAgainstReplay(url, spaceId)),
    ]
    return { ...outcomeOf(ledger, findings), during, read, afterwards }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function difference(
  now: ReadonlyMap<number, number>,
  before: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  return new Map([...now].map(([status, count]) => [status, count - (before.get(status) ?? 0)]))
}

/** A server is stopped in mid-flight (SIGSTOP) and goes on later. */
export async function frozenProcess(url: string, rounds: number, seed: number): Promise<Outcome> {
  const random = randomFrom(seed)
  const { spaceId, writeKey } = await prepareDatabase(url)
  const serving = await startServing(url)
  const ledger = new Ledger()
  const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 4, seed, name: 'f', again: true })
  for (let round = 0; round < rounds; round++) {
    await sleep(100 + random() * 200)
    serving.signal('SIGSTOP')
    await sleep(100 + random() * 500)
    serving.signal('SIGCONT')
  }
  await load.stop()
  serving.signal('SIGTERM')
  await serving.finished
  const strange = [...ledger.statuses.keys()].filter((status) => status !== 200 && status !== 503)
  return outcomeOf(ledger, [
    ...strange.map((status) => `an answer was ${status}`),
    ...(await holdAgainstLedger(url, spaceId, ledger)),
    ...(await holdAgainstReplay(url, spaceId)),
  ])
}

/** How long is waited for acknowledgements on the slowest machine. */
const patienceMs = 60_000

/** Resolves when so many events were acknowledged, or when patience ends. */
async function acknowledgedAtLeast(ledger: Ledger, count: number): Promise<void> {
  const until = performance.now() + patienceMs
  while (ledger.acknowledged.size < count && performance.now() < until) await sleep(20)
}

/** What happens to the PostgreSQL under some servers, or to one of them, while a load is on. */
export async function troubledPostgres(
  urls: readonly string[],
  seed: number,
  trouble: (servers: readonly ServingProcess[]) => Promise<void>,
): Promise<Outcome & { readonly statuses: ReadonlyMap<number, number> }> {
  const url = urls[0] ?? ''
  const { spaceId, writeKey } = await prepareDatabase(url)
  const servers = await Promise.all(urls.map((one) => startServing(one)))
  const ledger = new Ledger()
  const addresses = servers.map(({ address }) => address)
  const load = startLoad({ addresses, writeKey, ledger, senders: 8, seed, name: 'p', again: true })
  await sleep(300)
  await trouble(servers)
  const known = ledger.acknowledged.size
  await sleep(700)
  const afterwards = ledger.acknowledged.size - known
  await load.stop()
  for (const server of servers) server.signal('SIGTERM')
  await Promise.all(servers.map(({ finished }) => finished))
  const findings = [
    ...(afterwards > 0 ? [] : ['nothing was acknowledged after the trouble']),
    ...(await holdAgainstLedger(url, spaceId, ledger)),
    ...(await holdAgainstReplay(url, spaceId)),
  ]
  return { ...outcomeOf(ledger, findings), statuses: ledger.statuses }
}
