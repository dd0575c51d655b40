import { randomUUID } from 'node:crypto'
import { findSource, noteReplay, type DeadLetter } from '@selfsame/store'
import type { LetterCode } from '@selfsame/contract'
import type { Context } from '../http/context.ts'
import { refusalOfEngine } from './submit.ts'
import { callTypes, takeRecord } from './take-record.ts'

export interface Replayed {
  readonly outcome: 'stored' | 'duplicate' | 'rejected'
  readonly code: LetterCode | null
  readonly profileId: string | null
}

/**
 * Takes a dead letter as if it had come now, by today's ruleset and with the rights that its source has today; its clock is
 * corrected by when it came. Where it is rejected again it stays as it is.
 */
export async function replayLetter(
  { database, engine, now }: Pick<Context, 'database' | 'engine' | 'now'>,
  spaceId: string,
  letter: DeadLetter,
): Promise<Replayed> {
  const [{ ruleset }, source] = await Promise.all([
    engine.ruleset(spaceId),
    findSource(database, spaceId, letter.source),
  ])
  // A source that feeds the space no more proves nothing.
  const connection = source
    ? { class: source.class, proofSecret: source.proof_secret }
    : { class: 'public' as const, proofSecret: randomUUID() }
  const taken = takeRecord(letter.payload, {
    source: letter.source,
    connection,
    ruleset,
    arrivedAt: letter.received_at,
    sentAt: letter.sent_at,
    call: callTypes.find((call) => call === letter.call) ?? null,
    kind: letter.kind,
    givenKey: letter.letter_id,
  })
  if (!taken.ok) return { outcome: 'rejected', code: taken.code, profileId: null }
  const [outcome] = await engine.ingest(spaceId, [taken.record]).catch(refusalOfEngine)
  await noteReplay(database, spaceId, letter.letter_id, now())
  return {
    outcome: outcome?.status === 'duplicate' ? 'duplicate' : 'stored',
    code: null,
    profileId: outcome?.profileId ?? null,
  }
}
