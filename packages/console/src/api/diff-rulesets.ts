import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'

type Side = 'published' | 'draft' | number | { readonly yaml: string }

/** What the second decides otherwise than the first, one sentence each. */
export function diffRulesetsQuery(space: string, from: Side, to: Side) {
  return queryOptions({
    queryKey: [space, 'ruleset-diff', from, to],
    queryFn: ({ signal }) =>
      ask<{ readonly changes: readonly string[] }>('POST', '/rulesets/diff', { space, signal, body: { from, to } }),
  })
}
