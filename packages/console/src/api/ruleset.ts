import { queryOptions } from '@tanstack/react-query'
import type { Ruleset } from './answers.ts'
import { ask } from './client.ts'

export function rulesetQuery(space: string, version: number | 'published') {
  return queryOptions({
    queryKey: [space, 'ruleset', version],
    queryFn: ({ signal }) => ask<Ruleset>('GET', `/rulesets/${version}`, { space, signal }),
  })
}
