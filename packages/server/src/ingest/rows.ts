import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { WriteKey } from '../access/principal.ts'
import type { Context } from '../http/context.ts'
import { Problem } from '../http/problem.ts'
import { streamBody } from '../http/read-body.ts'
import { csvRows } from './csv-rows.ts'
import { beginImportRuns, type ImportRuns } from './import-runs.ts'
import { linesOf, textOf } from './lines-of.ts'
import { readList } from './read-records.ts'
import { mostErrors, submit, type IngestAnswer } from './submit.ts'

const rowsPerGroup = 500
/** Waits of a stream whose rows the server cannot take yet, before it is told to come again. */
const mostWaits = 20
const waitMs = 500

/** Content types of bodies that are read as they come, without a limit on their size. */
export function streamedFormat(contentType: string | undefined): 'ndjson' | 'csv' | null {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/csv') return 'csv'
  return ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'].includes(type)
    ? 'ndjson'
    : null
}

/**
 * Takes rows of a table as they stream in: NDJSON, CSV, or a JSON list of at most 500. Groups of 500 are durable one after the
 * other; sending all of it again is safe, because a row's key tells it. `secondsToWait` says how soon the key may bring so
 * many: a stream waits, a list is refused.
 */
export async function takeRows(
  context: Context,
  key: WriteKey,
  request: FastifyRequest,
  secondsToWait: (count: number) => number,
): Promise<IngestAnswer> {
  const streams = typeof request.body !== 'string'
  const sum = { accepted: 0, duplicates: 0, rejected: 0, errors: [] as IngestAnswer['errors'][number][] }
  let index = 0
  const runs: { begun: ImportRuns | null } = { begun: null }
  const store = async (texts: readonly string[]) => {
    for (let seconds = secondsToWait(texts.length); seconds > 0; seconds = secondsToWait(texts.length)) {
      if (!streams) throw tooFast(seconds)
      await sleep(seconds * 1000)
    }
    const { answer } = await patiently(
      () => submit(context, key, texts, { sentAt: null, call: null, kind: 'row' }, index),
      streams ? mostWaits : 0,
    )
    index += texts.length
    sum.accepted += answer.accepted
    sum.duplicates += answer.duplicates
    sum.rejected += answer.rejected
    sum.errors.push(...answer.errors.slice(0, mostErrors - sum.errors.length))
    // What fits into one group is no import but a delivery.
    if (streams && texts.length === rowsPerGroup) runs.begun ??= await beginImportRuns(context, key)
    await runs.begun?.note(index)
  }
  try {
    let group: string[] = []
    for await (const text of textsOf(request)) {
      group.push(text)
      if (group.length < rowsPerGroup) continue
      await store(group)
      group = []
    }
    if (group.length > 0) await store(group)
    const { accepted, duplicates, rejected } = sum
    await runs.begun?.finish({ source: key.source, read: index, accepted, duplicates, rejected })
  } catch (error) {
    await runs.begun?.fail().catch(() => undefined)
    if (error instanceof Problem && index > 0) throw error.with({ ...sum, rowsDurable: index })
    throw error
  }
  return { success: true, ...sum }
}

export function tooFast(retryAfterSeconds: number): Problem {
  return new Problem('ingest.rate_limited', 'the key sends faster than it may', { retryAfterSeconds })
}

async function* textsOf(request: FastifyRequest): AsyncGenerator<string> {
  if (typeof request.body === 'string') {
    const rows = readList(request.body)
    if (rows.length > rowsPerGroup) {
      throw new Problem('request.too_many_records', `a list has at most ${rowsPerGroup} rows; stream NDJSON for more`)
    }
    yield* rows
    return
  }
  const text = textOf(streamBody(request.raw))
  if (streamedFormat(request.headers['content-type']) === 'csv') yield* csvRows(text)
  else for await (const line of linesOf(text)) if (line.trim() !== '') yield line
}

/** Holds the stream back while too much is waiting: its sender waits too. */
async function patiently<T>(work: () => Promise<T>, waits: number): Promise<T> {
  for (let waited = 0; ; waited++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'ingest.overloaded' || waited >= waits) throw error
      await sleep(waitMs)
    }
  }
}
