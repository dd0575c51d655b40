import type { FastifyRequest } from 'fastify'
import type { WriteKey } from '../access/principal.ts'
import type { Context } from '../http/context.ts'
import { lookAtJson } from '../http/json-text.ts'
import { Problem } from '../http/problem.ts'
import { csvRows } from './csv-rows.ts'
import { linesOf } from './lines-of.ts'
import { submit, type IngestAnswer } from './submit.ts'

const rowsPerGroup = 500
const mostErrors = 100

/**
 * Takes rows of a table as they stream in: NDJSON (`application/x-ndjson`), CSV (`text/csv`), or a JSON list of at most 500.
 * Groups of 500 are durable one after the other; sending all of it again is safe, because a row's key tells it.
 */
export async function takeRows(
  context: Context,
  key: WriteKey,
  request: FastifyRequest,
  pay: (count: number) => void,
): Promise<IngestAnswer> {
  const sum = { accepted: 0, duplicates: 0, rejected: 0, errors: [] as IngestAnswer['errors'][number][] }
  let index = 0
  const store = async (texts: readonly string[]) => {
    pay(texts.length)
    const { answer } = await submit(
      context,
      key.source,
      key.feeds,
      texts,
      { sentAt: null, call: null, kind: 'row' },
      index,
    )
    index += texts.length
    sum.accepted += answer.accepted
    sum.duplicates += answer.duplicates
    sum.rejected += answer.rejected
    sum.errors.push(...answer.errors.slice(0, mostErrors - sum.errors.length))
  }
  let group: string[] = []
  for await (const text of textsOf(request)) {
    group.push(text)
    if (group.length < rowsPerGroup) continue
    await store(group)
    group = []
  }
  if (group.length > 0) await store(group)
  return { success: true, ...sum }
}

async function* textsOf(request: FastifyRequest): AsyncGenerator<string> {
  const { body } = request
  if (typeof body === 'string') {
    const { elements } = lookAtJson(body, null)
    if (elements === null) throw new Problem('request.invalid', 'the body is no list of rows')
    if (elements.length > rowsPerGroup) {
      throw new Problem('request.too_many_records', `a list has at most ${rowsPerGroup} rows; stream NDJSON for more`)
    }
    for (const { start, end } of elements) yield body.slice(start, end)
    return
  }
  const lines = linesOf(body as NodeJS.ReadableStream)
  if (request.headers['content-type']?.startsWith('text/csv')) yield* csvRows(lines)
  else for await (const line of lines) if (line.trim() !== '') yield line
}
