import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { RulesetCheck } from './answers.ts'
import { ask } from './client.ts'

/** The faults of a ruleset as it is being written, its rules in words, and what it would read. */
export function checkRulesetQuery(space: string, yaml: string) {
  return queryOptions({
    queryKey: [space, 'ruleset-check', yaml],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<RulesetCheck>('POST', '/rulesets/check', { space, signal, body: { yaml } }),
  })
}
