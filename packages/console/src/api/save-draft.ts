import type { DraftAnswer } from './answers.ts'
import { ask } from './client.ts'

/** `expectedRevision`: the one that was read; 0: there was none. */
export function saveDraft(
  space: string,
  body: { readonly yaml: string; readonly expectedRevision: number },
): Promise<DraftAnswer> {
  return ask('PUT', '/rulesets/draft', { space, body })
}

export function dropDraft(space: string, expectedRevision: number): Promise<DraftAnswer> {
  return ask('DELETE', '/rulesets/draft', { space, query: { expectedRevision } })
}

/** Begins a draft with what another space has published. */
export function copyRuleset(
  space: string,
  body: { readonly fromSpace: string; readonly expectedRevision: number },
): Promise<DraftAnswer> {
  return ask('POST', '/rulesets/copy', { space, body })
}
