import { queryOptions } from '@tanstack/react-query'
import type { DraftAnswer } from './answers.ts'
import { ask } from './client.ts'

export function draftQuery(space: string) {
  return queryOptions({
    queryKey: [space, 'draft'],
    queryFn: ({ signal }) => ask<DraftAnswer>('GET', '/rulesets/draft', { space, signal }),
  })
}
