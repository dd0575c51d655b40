import { readFileSync, writeFileSync } from 'node:fs'

/** A database file and its log as they were before the recording began. */
export type Disk = ReadonlyMap<string, Uint8Array>

interface Entry {
  readonly kind: 'write' | 'truncate' | 'sync' | 'failed sync'
  /** What follows the database's name: empty, `-wal`, `-journal`. */
  readonly part: string
  readonly offset: number
  readonly data: Uint8Array
  /** Place in the recording where the entry ends. */
  readonly end: number
}

const kinds = { W: 'write', T: 'truncate', S: 'sync', F: 'failed sync' } as const
const headLength = 14
const sectorBytes = 512

export function readRecording(file: string): readonly Entry[] {
  const bytes = readFileSync(file)
  const entries: Entry[] = []
  for (let at = 0; at + headLength <= bytes.length; ) {
    const kind = kinds[String.fromCharCode(bytes[at] ?? 0) as keyof typeof kinds]
    const partLength = bytes[at + 1] ?? 0
    const offset = Number(bytes.readBigUInt64LE(at + 2))
    const length = kind === 'write' ? bytes.readUInt32LE(at + 10) : 0
    const dataAt = at + headLength + partLength
    // The process died while it wrote this entry down.
    if (dataAt + length > bytes.length) break
    entries.push({
      kind,
      part: bytes.toString('latin1', at + headLength, dataAt),
      offset,
      data: bytes.subarray(dataAt, dataAt + length),
      end: dataAt + length,
    })
    at = dataAt + length
  }
  return entries
}

/**
 * What a disk holds after the power went at a place in the recording: everything that was synced; of what was not, each write
 * as it may be, there, not there, or torn into sectors, in any order. What waited when a sync failed is lost or not, and no
 * later sync brings it.
 */
export function diskAfterCut(before: Disk, entries: readonly Entry[], end: number, random: () => number): Disk {
  const files = new Map([...before].map(([part, bytes]) => [part, new GrowingFile(bytes)]))
  const waiting = new Map<string, Entry[]>()
  const fileOf = (part: string): GrowingFile => {
    const known = files.get(part) ?? new GrowingFile(new Uint8Array())
    files.set(part, known)
    return known
  }
  const settle = (part: string) => {
    for (const entry of waiting.get(part) ?? []) fileOf(part).apply(entry)
    waiting.delete(part)
  }
  const drawLots = (part: string) => {
    const drawn = (waiting.get(part) ?? []).map((entry) => ({ entry, order: random() }))
    if (random() < 0.5) drawn.sort((a, b) => a.order - b.order)
    const fate = random()
    for (const { entry } of drawn) {
      if (random() < fate) continue
      if (entry.kind === 'write' && random() < 0.3) fileOf(part).applyTorn(entry, random)
      else fileOf(part).apply(entry)
    }
    waiting.delete(part)
  }
  for (const entry of entries) {
    if (entry.end > end) break
    if (entry.kind === 'sync') settle(entry.part)
    else if (entry.kind === 'failed sync') drawLots(entry.part)
    else waiting.set(entry.part, [...(waiting.get(entry.part) ?? []), entry])
  }
  for (const part of waiting.keys()) drawLots(part)
  return new Map([...files].map(([part, file]) => [part, file.bytes()]))
}

export function writeDisk(disk: Disk, databaseFile: string): void {
  for (const [part, bytes] of disk) writeFileSync(`${databaseFile}${part}`, bytes)
}

class GrowingFile {
  private buffer: Uint8Array
  private length: number

  constructor(bytes: Uint8Array) {
    this.buffer = Uint8Array.from(bytes)
    this.length = bytes.length
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

  apply({ kind, offset, data }: Entry): void {
    if (kind === 'truncate') this.resize(offset)
    else this.put(offset, data)
  }

  /** Some sectors of a write arrive, others do not. */
  applyTorn({ offset, data }: Entry, random: () => number): void {
    for (let from = 0; from < data.length; ) {
      const to = Math.min(data.length, from + sectorBytes - ((offset + from) % sectorBytes))
      if (random() < 0.5) this.put(offset + from, data.subarray(from, to))
      from = to
    }
  }

  private put(offset: number, data: Uint8Array): void {
    if (offset + data.length > this.length) this.resize(offset + data.length)
    this.buffer.set(data, offset)
  }

  private resize(length: number): void {
    if (length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(length, this.buffer.length * 2))
      larger.set(this.buffer.subarray(0, this.length))
      this.buffer = larger
    }
    if (length < this.length) this.buffer.fill(0, length, this.length)
    this.length = length
  }
}
