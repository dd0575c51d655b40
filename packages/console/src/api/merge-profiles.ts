import type { Decided } from './answers.ts'
import { ask } from './client.ts'

export interface MergeGiven {
  /** Keeps its id. */
  readonly survivor: string
  /** Folds in. */
  readonly session: string
  readonly pinned: readonly { readonly field: string; readonly value: unknown }[]
  readonly reason?: string | null
}

export function mergeProfiles(
  space: string,
  { preview, ...body }: MergeGiven & { readonly preview: boolean },
): Promise<Decided> {
  return ask('POST', '/profiles/merge', { space, query: preview ? { preview } : {}, body })
}
