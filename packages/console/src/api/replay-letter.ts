import { ask } from './client.ts'

export interface Replayed {
  readonly outcome: 'stored' | 'duplicate' | 'rejected'
  readonly code: string | null
  readonly profileId: string | null
}

/** Tries a dead letter again. */
export function replayLetter(space: string, letterId: string): Promise<Replayed> {
  return ask('POST', `/dead-letters/${encodeURIComponent(letterId)}/replay`, { space })
}
