import type { Publication } from './answers.ts'
import { ask } from './client.ts'

interface Given {
  readonly yaml: string
  readonly note: string | null
  /** The version that the change was made from. */
  readonly expectedVersion: number
}

export function publishRuleset(space: string, body: Given): Promise<Publication> {
  return ask('POST', '/rulesets/publish', { space, body })
}

export function publishDraft(
  space: string,
  body: { readonly expectedRevision: number; readonly note: string | null },
): Promise<Publication> {
  return ask('POST', '/rulesets/draft/publish', { space, body })
}

/** Publishes an older version again, as a new one. */
export function rollBack(space: string, version: number): Promise<Publication> {
  return ask('POST', `/rulesets/${version}/rollback`, { space, body: {} })
}
