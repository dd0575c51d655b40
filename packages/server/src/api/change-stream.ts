import { changesAfter } from '@selfsame/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessRequestOf } from '../access/guard-routes.ts'
import { isFault, spaceOf } from '../access/principal.ts'
import { Problem } from '../http/problem.ts'
import { changeOf } from './answers.ts'
import type { ReadingContext } from './reading.ts'

/** Milliseconds between two looks at the feed, and between two looks at whether the reader still may. */
const lookEveryMs = 500
/** A quiet stream says so, for what stands between to keep it open. */
const quietEveryMs = 15_000
const mostStreams = 500
const rowsPerLook = 500

/** Streams of changes that are open. Each reads the feed by itself: what is not taken by a slow reader waits in the database. */
export class ChangeStreams {
  private readonly context: ReadingContext
  private readonly closers = new Set<() => void>()
  private closed = false

  constructor(context: ReadingContext) {
    this.context = context
  }

  open(request: FastifyRequest, reply: FastifyReply, spaceId: string, from: number): void {
    if (this.closed) throw new Problem('server.stopping', 'the server is stopping')
    if (this.closers.size >= mostStreams) {
      throw new Problem('feed.too_many_readers', 'too many streams are open', { retryAfterSeconds: 30 })
    }
    reply.hijack()
    const { raw } = reply
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
    raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    raw.write('retry: 2000\n\n')
    let ended = false
    const end = () => {
      ended = true
      this.closers.delete(end)
      raw.end()
    }
    this.closers.add(end)
    raw.on('close', end)
    raw.on('error', end)
    void this.follow(request, reply, spaceId, from, () => ended).then(end, end)
  }

  close(): void {
    this.closed = true
    for (const end of this.closers) end()
  }

  private async follow(
    request: FastifyRequest,
    { raw }: FastifyReply,
    spaceId: string,
    from: number,
    hasEnded: () => boolean,
  ): Promise<void> {
    const { access, cursors, database } = this.context
    let seq = from
    let saidAt = performance.now()
    while (!hasEnded()) {
      const principal = await access.authorize(accessRequestOf(request), 'identity.view')
      if (isFault(principal) || spaceOf(principal) !== spaceId) return
      const { rows, next } = await changesAfter(database, spaceId, seq, rowsPerLook)
      let isFull = false
      for (const row of rows) {
        seq = row.seq
        const id = await cursors.seal(spaceId, 'changes', [seq])
        isFull = !raw.write(`id: ${id}\nevent: ${row.kind}\ndata: ${JSON.stringify(changeOf(row))}\n\n`)
      }
      const now = performance.now()
      if (rows.length > 0) saidAt = now
      else if (now - saidAt > quietEveryMs) {
        isFull = !raw.write(': nothing new\n\n')
        saidAt = now
      }
      if (isFull && !hasEnded()) await drained(raw)
      else if (next === null) await pause(lookEveryMs)
    }
  }
}

function drained(raw: FastifyReply['raw']): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done).off('close', done)
      resolve()
    }
    raw.on('drain', done).on('close', done)
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
