import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../parity/random-world.ts'

/** What the senders know, kept outside of every server: what they sent, and what was acknowledged. */
export class Ledger {
  readonly sent = new Set<string>()
  /** What `mark` said when the acknowledgement came, by message id. */
  readonly acknowledged = new Map<string, number>()
  /** Answers by status; 0: no answer came. */
  readonly statuses = new Map<number, number>()

  countOf(status: number): number {
    return this.statuses.get(status) ?? 0
  }
}

export interface LoadOptions {
  /** Servers that the senders take in turns. */
  readonly addresses: readonly string[]
  readonly writeKey: string
  readonly ledger: Ledger
  readonly senders: number
  readonly seed: number
  /** Beginning of every message id. */
  readonly name: string
  /** Called when an acknowledgement has come. */
  readonly mark?: () => number
  /** What was not acknowledged is sent again, to whichever server comes next. Default false. */
  readonly again?: boolean
}

export interface Load {
  /** Resolves when every sender has finished its last request. */
  stop(): Promise<void>
}

/** People who come back with other ids all the time, so that nearly every batch merges somebody. */
export function startLoad(options: LoadOptions): Load {
  let stopped = false
  const senders = Array.from({ length: options.senders }, (_, sender) => send(options, sender, () => stopped))
  return {
    stop: async () => {
      stopped = true
      await Promise.all(senders)
    },
  }
}

async function send(options: LoadOptions, sender: number, isStopped: () => boolean): Promise<void> {
  const { addresses, writeKey, ledger, seed, name, mark = () => 0, again = false } = options
  const random = randomFrom(seed * 1000 + sender)
  let count = 0
  let turn = sender
  while (!isStopped()) {
    const batch = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
      event(`${name}-${sender}-${count++}`, random),
    )
    for (const { messageId } of batch) ledger.sent.add(messageId)
    for (;;) {
      const status = await post(addresses[turn++ % addresses.length] ?? '', writeKey, batch)
      ledger.statuses.set(status, ledger.countOf(status) + 1)
      if (status === 200) {
        const at = mark()
        for (const { messageId } of batch) ledger.acknowledged.set(messageId, at)
        break
      }
      await sleep(20)
      if (!again || isStopped()) break
    }
  }
}

async function post(address: string, writeKey: string, batch: readonly object[]): Promise<number> {
  try {
    const response = await fetch(`${address}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
      signal: AbortSignal.timeout(20_000),
    })
    const answer = (await response.json()) as { readonly rejected?: number }
    if (response.status === 200 && answer.rejected !== 0) throw new Error('an event of the load was rejected')
    return response.status
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('an event')) throw error
    return 0
  }
}

function event(messageId: string, random: () => number) {
  const below = (count: number) => Math.floor(random() * count)
  return {
    messageId,
    type: 'identify',
    anonymousId: `a${below(3000)}`,
    ...(random() < 0.3 && { userId: `u${below(1200)}` }),
    traits: {
      ...(random() < 0.3 && { email: `e${below(1500)}@example.com` }),
      ...(random() < 0.3 && { first_name: `n${below(9)}` }),
    },
    timestamp: new Date(1_700_000_000_000 + below(1_000_000_000)).toISOString(),
  }
}
