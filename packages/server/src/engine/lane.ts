import { StoreUnavailable } from '@selfsame/store'
import { LaneClosed, LaneFull, type IncomingRecord, type IngestOutcome } from './engine.ts'

export interface LaneLimits {
  /** Records that may wait; one more is refused. Default 20,000. */
  readonly mostWaiting: number
  /** Records of one transaction, unless a single call brings more. Default 2,000. */
  readonly mostPerGroup: number
}

export const defaultLaneLimits: LaneLimits = { mostWaiting: 20_000, mostPerGroup: 2_000 }

interface Call {
  readonly records: readonly IncomingRecord[]
  readonly resolve: (outcomes: readonly IngestOutcome[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * The queue of one space: what waits while a group is being stored becomes the next group, one transaction and one sync for
 * all of it. A call is never divided. Where a group fails, its calls are tried one by one, so that one call's fault is its own.
 */
export class Lane {
  private readonly store: (records: readonly IncomingRecord[]) => Promise<readonly IngestOutcome[]>
  private readonly limits: LaneLimits
  private waiting: Call[] = []
  private waitingRecords = 0
  private running: Promise<void> | null = null
  private closed = false

  constructor(
    store: (records: readonly IncomingRecord[]) => Promise<readonly IngestOutcome[]>,
    limits: LaneLimits = defaultLaneLimits,
  ) {
    this.store = store
    this.limits = limits
  }

  /** Records that wait. */
  get depth(): number {
    return this.waitingRecords
  }

  take(records: readonly IncomingRecord[]): Promise<readonly IngestOutcome[]> {
    if (this.closed) return Promise.reject(new LaneClosed('the server is stopping'))
    if (records.length === 0) return Promise.resolve([])
    if (this.waitingRecords > 0 && this.waitingRecords + records.length > this.limits.mostWaiting) {
      return Promise.reject(new LaneFull(1))
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, resolve, reject })
      this.waitingRecords += records.length
      this.running ??= this.run()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    await this.running
  }

  private async run(): Promise<void> {
    // What arrives in the same turn of the event loop goes together.
    await new Promise((next) => setImmediate(next))
    while (this.waiting.length > 0) await this.storeGroup(this.nextGroup())
    this.running = null
  }

  private nextGroup(): readonly Call[] {
    const group: Call[] = []
    let records = 0
    while (this.waiting.length > 0) {
      const next = this.waiting[0] as Call
      if (group.length > 0 && records + next.records.length > this.limits.mostPerGroup) break
      group.push(next)
      records += next.records.length
      this.waiting.shift()
    }
    this.waitingRecords -= records
    return group
  }

  private async storeGroup(group: readonly Call[]): Promise<void> {
    try {
      const outcomes = await this.store(group.flatMap(({ records }) => records))
      let at = 0
      for (const { records, resolve } of group) {
        resolve(outcomes.slice(at, at + records.length))
        at += records.length
      }
    } catch (error) {
      // Where the database takes nothing, every call is told so at once; any of them may be sent again.
      if (group.length === 1 || error instanceof StoreUnavailable) {
        for (const { reject } of group) reject(error)
        return
      }
      for (const call of group) await this.storeGroup([call])
    }
  }
}
