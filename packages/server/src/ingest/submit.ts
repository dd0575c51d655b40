import { randomUUID } from 'node:crypto'
import { letterCodes, type LetterCode } from '@selfsame/contract'
import { parseInstant } from '@selfsame/core'
import { saveDeadLetters } from '@selfsame/store'
import type { WriteKey } from '../access/principal.ts'
import { LaneClosed, LaneFull, type IncomingRecord, type IngestOutcome } from '../engine/engine.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'
import { takeRecord, type Arrival } from './take-record.ts'

/** Answer to a request that brought records. */
export interface IngestAnswer {
  readonly success: true
  readonly accepted: number
  /** Known by their message id, or no newer than the row that is known. Never told to a public key: they are `accepted` there. */
  readonly duplicates: number
  readonly rejected: number
  /** The first hundred rejected ones. */
  readonly errors: readonly { readonly index: number; readonly messageId: string | null; readonly code: LetterCode }[]
}

export interface Submitted {
  readonly answer: IngestAnswer
  /** Of the records that were taken, in their order. */
  readonly outcomes: readonly IngestOutcome[]
}

/** Errors that an answer lists. */
export const mostErrors = 100

/**
 * Takes the texts of some records into every space that their source feeds. Resolves when all of it is durable. What cannot
 * be taken is kept among the dead letters, and the others go on.
 */
export async function submit(
  context: Context,
  key: WriteKey,
  texts: readonly string[],
  arrival: Pick<Arrival, 'sentAt' | 'call' | 'kind'>,
  firstIndex = 0,
): Promise<Submitted> {
  const arrivedAt = context.now()
  const { source, feeds } = key
  if (feeds.length === 0) throw new Problem('access.forbidden', "this key's source is connected to no space any more")
  context.access.keyRing.noteRecords(key)
  const results = await Promise.all(
    feeds.map(async (connection) => {
      const { ruleset } = await context.engine.ruleset(connection.spaceId)
      const taken = texts.map((text) => takeRecord(text, { ...arrival, source, connection, ruleset, arrivedAt }))
      const letters = taken.flatMap((one, index) =>
        one.ok
          ? []
          : [{ index: firstIndex + index, messageId: one.messageId, code: one.code, text: texts[index] ?? '' }],
      )
      const records = taken.flatMap((one): IncomingRecord[] => (one.ok ? [one.record] : []))
      const outcomes = await context.engine.ingest(connection.spaceId, records).catch(refusalOfEngine)
      if (letters.length > 0) {
        await context.database.transaction((sql) =>
          saveDeadLetters(
            sql,
            connection.spaceId,
            letters.map(({ messageId, code, text }) => ({
              letter_id: `l_${randomUUID()}`,
              source,
              received_at: arrivedAt,
              kind: arrival.kind,
              call: arrival.call,
              sent_at: parseInstant(arrival.sentAt),
              code,
              message_id: messageId === null ? null : storable(messageId),
              payload: storable(text),
              replayed_at: null,
            })),
          ),
        )
      }
      return { letters, outcomes }
    }),
  )
  // Every space sees the same texts; what the answer tells is what the first of them made of it.
  const { letters = [], outcomes = [] } = results[0] ?? {}
  const stored = outcomes.filter(({ status }) => status !== 'duplicate').length
  const accepted = key.class === 'public' ? outcomes.length : stored
  return {
    answer: {
      success: true,
      accepted,
      duplicates: outcomes.length - accepted,
      rejected: letters.length,
      errors: letters
        .slice(0, mostErrors)
        .map(({ index, messageId, code }) => ({ index, messageId: messageId && storable(messageId), code })),
    },
    outcomes,
  }
}

export function letterReason(code: string): string {
  return Object.hasOwn(letterCodes, code) ? letterCodes[code as LetterCode] : code
}

/** Text as every store can hold it: NUL and halves of surrogate pairs, which make no JSON, become U+FFFD. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}

/** What the lane refuses, as the answer to give. */
export function refusalOfEngine(error: unknown): never {
  if (error instanceof LaneFull) {
    throw new Problem('ingest.overloaded', error.message, { retryAfterSeconds: error.retryAfterSeconds, cause: error })
  }
  if (error instanceof LaneClosed) {
    throw new Problem('server.stopping', error.message, { retryAfterSeconds: 2, cause: error })
  }
  throw error
}
