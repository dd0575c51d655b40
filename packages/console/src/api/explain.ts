import type { Explanation } from './answers.ts'
import { ask } from './client.ts'

type Side = { readonly profileId: string } | { readonly source: string; readonly key: string }

/** Why two are one person, or what keeps them apart. */
export function explain(space: string, left: Side, right: Side): Promise<Explanation> {
  return ask('POST', '/explain', { space, body: { left, right } })
}
