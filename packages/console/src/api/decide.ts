import type { Decided, DecidedMany } from './answers.ts'
import { ask } from './client.ts'

export type CandidateAction = 'confirm' | 'dismiss'

/** A person's word about one candidate; with `preview` nothing is stored. */
export function decideCandidate(
  space: string,
  given: {
    readonly id: string
    readonly action: CandidateAction
    readonly preview?: boolean
    readonly reason?: string | null
  },
): Promise<Decided> {
  const { id, action, preview = false, reason = null } = given
  return ask('POST', `/candidates/${encodeURIComponent(id)}/${action}`, {
    space,
    query: preview ? { preview } : {},
    body: { reason },
  })
}

export function decideCandidates(
  space: string,
  given: { readonly candidateIds: readonly string[]; readonly action: CandidateAction; readonly preview?: boolean },
): Promise<DecidedMany> {
  const { preview = false, ...body } = given
  return ask('POST', '/candidates/decide', { space, query: preview ? { preview } : {}, body })
}

/** Takes a decision back, as if it had never been made. */
export function revertDecision(
  space: string,
  given: { readonly id: string; readonly preview?: boolean; readonly anyway?: boolean },
): Promise<Decided> {
  const { id, preview = false, anyway = false } = given
  return ask('POST', `/decisions/${encodeURIComponent(id)}/revert`, {
    space,
    query: preview ? { preview } : {},
    body: { anyway },
  })
}
