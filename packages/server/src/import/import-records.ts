import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LetterCode } from '@selfsame/contract'
import {
  appendAudit,
  latestRuns,
  saveDeadLetters,
  StoreUnavailable,
  type ConnectedSource,
  type Database,
} from '@selfsame/store'
import type { Engine, IncomingRecord } from '../engine/engine.ts'
import { beginRun, type Run } from '../engine/run-book.ts'
import { takeRecord } from '../ingest/take-record.ts'

export interface ImportParts {
  readonly database: Database
  readonly engine: Engine
  readonly now: () => number
}

/** A record as a JSON text; `ok` false: a line that is none. */
export interface ImportedText {
  readonly ok: boolean
  readonly text: string
}

export interface ImportGiven {
  readonly source: ConnectedSource
  readonly actor: string
  /** `auto`: as the first record looks. */
  readonly kind: 'row' | 'event' | 'auto'
  readonly looksLikeEvent: (payload: unknown) => boolean
  /** Tells the same input again, so that an import which was broken off goes on; null: it begins anew every time. */
  readonly fingerprint: string | null
  /** Hands over every record in the same order each time. `share` is how much of the input is read, 0 to 1. */
  readonly read: (take: (texts: readonly ImportedText[], share: number) => Promise<void>) => Promise<void>
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportCounts {
  readonly read: number
  readonly stored: number
  /** Known, and no newer. */
  readonly duplicates: number
  /** Kept among the dead letters, by code. */
  readonly rejected: Readonly<Partial<Record<LetterCode, number>>>
}

export interface ImportProgress extends ImportCounts {
  readonly share: number
  /** Records that an earlier run had taken. */
  readonly resumedAt: number
}

export type ImportResult = ImportProgress & { readonly runId: string }

/** Records of one transaction. */
const recordsPerGroup = 1000
const mostTries = 40

/**
 * Takes the records of a file or table into a space as the routes for rows and events take them, as a run with progress. What
 * was taken stays taken: an import that was broken off goes on behind it, and nothing is harmed where something comes twice.
 */
export async function importRecords(parts: ImportParts, given: ImportGiven): Promise<ImportResult> {
  const { database } = parts
  const { space_id: spaceId, source } = given.source
  const before = await interrupted(database, spaceId, given.fingerprint)
  const run = await beginRun(parts, spaceId, 'import', given.actor, { action: 'import.begin', object: source })
  const counts = { ...(before ?? nothing), rejected: { ...before?.rejected } }
  const resumedAt = counts.read
  let skip = resumedAt
  let kind = given.kind
  let share = 0
  const progress = () => ({ ...counts, share, resumedAt })
  try {
    await given.read(async (texts, newShare) => {
      share = newShare
      const fresh = skip === 0 ? texts : texts.slice(skip)
      skip -= texts.length - fresh.length
      if (kind === 'auto') kind = kindOf(texts, given)
      for (let from = 0; from < fresh.length; from += recordsPerGroup) {
        given.signal?.throwIfAborted()
        const began = performance.now()
        await takeGroup(
          parts,
          given,
          kind === 'event' ? 'event' : 'row',
          fresh.slice(from, from + recordsPerGroup),
          counts,
        )
        await noteProgress(run, given.fingerprint, counts, share)
        given.onProgress?.(progress())
        // A server beside us on the same file gets its turn.
        if (database.dialect === 'sqlite') await sleep(Math.max(5, (performance.now() - began) / 5))
      }
    })
    const at = parts.now()
    await database.transaction(async (sql) => {
      await run.finish(sql, { counts })
      const details = { run: run.runId, stored: counts.stored, rejected: sumOf(counts.rejected) }
      await appendAudit(sql, spaceId, { at, actor: given.actor, action: 'import.finish', object: source, details })
    })
    return { ...progress(), share: 1, runId: run.runId }
  } catch (error) {
    await run.fail(given.signal?.aborted === true ? 'import.stopped' : 'import.failed').catch(() => undefined)
    throw error
  }
}

const nothing = { read: 0, stored: 0, duplicates: 0 }

async function takeGroup(
  { database, engine, now }: ImportParts,
  { source: connection }: ImportGiven,
  kind: 'row' | 'event',
  texts: readonly ImportedText[],
  counts: { read: number; stored: number; duplicates: number; rejected: Partial<Record<LetterCode, number>> },
): Promise<void> {
  const { space_id: spaceId, source } = connection
  const { ruleset } = await engine.ruleset(spaceId)
  const arrivedAt = now()
  const arrival = {
    source,
    connection: { class: connection.class, proofSecret: connection.proof_secret },
    ruleset,
    arrivedAt,
    sentAt: null,
    call: null,
    kind,
  } as const
  const records: IncomingRecord[] = []
  const letters: { readonly code: LetterCode; readonly messageId: string | null; readonly text: string }[] = []
  for (const { ok, text } of texts) {
    const taken = ok
      ? takeRecord(text, { ...arrival, givenKey: keyOfText(text) })
      : { ok: false as const, code: 'record.broken_line' as const, messageId: null }
    if (taken.ok) records.push(taken.record)
    else letters.push({ code: taken.code, messageId: taken.messageId, text })
  }
  const outcomes = await patiently(() => engine.ingest(spaceId, records))
  await patiently(() =>
    database.transaction((sql) =>
      saveDeadLetters(
        sql,
        spaceId,
        letters.map(({ code, messageId, text }) => ({
          // The same line of the same source is one letter, however often it is imported.
          letter_id: `l_${keyOfText(JSON.stringify([source, text]))}`,
          source,
          received_at: arrivedAt,
          kind,
          call: null,
          sent_at: null,
          code,
          message_id: messageId,
          payload: storable(text),
          replayed_at: null,
        })),
      ),
    ),
  )
  const stored = outcomes.filter(({ status }) => status === 'stored').length
  counts.read += texts.length
  counts.stored += stored
  counts.duplicates += outcomes.length - stored
  for (const { code } of letters) counts.rejected[code] = (counts.rejected[code] ?? 0) + 1
}

/** An event without a message id is told by its text, so that importing it again changes nothing. */
function keyOfText(text: string): string {
  return `h_${createHash('sha256').update(text.trim()).digest('hex').slice(0, 32)}`
}

function kindOf(texts: readonly ImportedText[], { looksLikeEvent }: ImportGiven): 'row' | 'event' | 'auto' {
  const first = texts.find(({ ok }) => ok)
  if (!first) return 'auto'
  try {
    return looksLikeEvent(JSON.parse(first.text)) ? 'event' : 'row'
  } catch {
    return 'auto'
  }
}

async function noteProgress(run: Run, fingerprint: string | null, counts: ImportCounts, share: number): Promise<void> {
  const total = share > 0 ? Math.max(counts.read, Math.round(counts.read / share)) : counts.read
  await run.note({ phase: 'rows', done: counts.read, total, ...(fingerprint !== null && { of: fingerprint, counts }) })
}

/** What the latest import of the same input had taken, where it did not come to its end. */
async function interrupted(
  database: Database,
  spaceId: string,
  fingerprint: string | null,
): Promise<ImportCounts | null> {
  if (fingerprint === null) return null
  for (const { state, progress } of await latestRuns(database, spaceId, 'import', 100)) {
    const noted = JSON.parse(progress) as { readonly of?: string; readonly counts?: ImportCounts }
    if (state === 'done' || noted.of !== fingerprint) continue
    return noted.counts ?? null
  }
  return null
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries >= mostTries) throw error
      await sleep(250)
    }
  }
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}

function sumOf(counts: Readonly<Partial<Record<LetterCode, number>>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
