import type { JsonObject, Ruleset } from '@selfsame/core'
import type { Publication, PublicationBasis } from './publication.ts'
import type { Simulation, SimulationSubject } from './simulation.ts'
import type { ErasureReport } from './erase/index.ts'
import type { DecisionRequest, DecisionResult } from './decide/index.ts'

/** One record on its way in, checked for shape and size. */
export interface IncomingRecord {
  readonly source: string
  /** An event's message id, a row's primary key. */
  readonly key: string
  readonly kind: 'event' | 'row'
  /** Event name as sent; null for a row. */
  readonly event: string | null
  /** When the source says it happened, client clock corrected, milliseconds; null: it does not say. */
  readonly observedAt: number | null
  readonly payload: JsonObject
  /** The payload as it was sent, byte for byte as JSON text. */
  readonly payloadText: string
  /** Anchor types whose value carries the proof of its source's secret. */
  readonly proven: readonly string[]
  /** true: the row was deleted at its source. Default false. */
  readonly withdrawn?: boolean
}

export type IngestOutcome = {
  /**
   * `duplicate`: the message id was known (or the row is no newer); nothing changed. `suppressed`: it is about somebody who was
   * erased, and was not kept.
   */
  readonly status: 'stored' | 'duplicate' | 'suppressed'
  /** The duplicate's body differs from the one that counts. */
  readonly otherBody: boolean
  /** null: the record has no usable identifier and belongs to no profile. */
  readonly profileId: string | null
}

export interface IngestOptions {
  /** Whether outcomes name profiles; false saves looking them up. */
  readonly wantProfiles: boolean
}

/** The lane of a space is full: ask again after `retryAfterSeconds`. */
export class LaneFull extends Error {
  readonly code = 'ingest.overloaded'
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super('too many records are waiting')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The server is stopping: nothing new is taken. */
export class LaneClosed extends Error {
  readonly code = 'server.stopping'
}

/** What resolves and stores. One per process; several processes may share a PostgreSQL. */
export interface Engine {
  /** The space's published ruleset, parsed, as of the last group of the lane or newer. */
  ruleset(spaceId: string): Promise<{ readonly version: number; readonly ruleset: Ruleset }>
  /**
   * Stores and resolves records of one space; outcomes in their order. Resolves after the commit is durable: all records of
   * the call are in one transaction. Rejects with `LaneFull` or `LaneClosed` before anything is stored.
   */
  ingest(
    spaceId: string,
    records: readonly IncomingRecord[],
    options?: IngestOptions,
  ): Promise<readonly IngestOutcome[]>
  /** Publishes a ruleset and resolves everything stored again, in one visible step. The new version. */
  publish(spaceId: string, body: string, actor: string, note: string | null): Promise<number>
  /** Begins to publish, as a run that tells its progress. Rejects where the ruleset has faults. */
  startPublication(
    spaceId: string,
    body: string,
    actor: string,
    note: string | null,
    basis: PublicationBasis,
  ): Promise<Publication>
  /** Begins to try a ruleset on what is stored, or on a sample of so many profiles. Rejects where it has faults. */
  startSimulation(
    spaceId: string,
    body: string,
    actor: string,
    subject: SimulationSubject,
    sample: number | null,
  ): Promise<Simulation>
  /**
   * Makes or reverts decisions, one after the other; a result for each. `preview`: nothing is stored, and the results say what
   * would happen.
   */
  decide(
    spaceId: string,
    requests: readonly DecisionRequest[],
    options: { readonly actor: string; readonly preview?: boolean },
  ): Promise<readonly DecisionResult[]>
  /**
   * Forgets the person whom some profile ids lead to, and keeps out what comes later. Throws `DecisionFault` where an id is
   * unknown. `preview`: nothing is stored, and the report says what would be taken away.
   */
  erase(
    spaceId: string,
    profileIds: readonly string[],
    options: { readonly actor: string; readonly preview?: boolean },
  ): Promise<ErasureReport>
  /** Lets in again what an erasure keeps out. Throws `ErasureFault`. */
  liftErasure(spaceId: string, erasureId: string, actor: string): Promise<void>
  /** Gives up whatever ruleset is being planned: nothing of it was written. What is being published is finished. */
  stopRuns(): void
  /** Takes no more, finishes what waits, and resolves when all is durable. */
  close(): Promise<void>
}
