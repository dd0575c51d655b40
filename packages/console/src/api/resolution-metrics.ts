import { queryOptions } from '@tanstack/react-query'
import type { Resolution } from './answers.ts'
import { ask } from './client.ts'

/** What became of the records, by source, rule and identifier. */
export function resolutionQuery(space: string) {
  return queryOptions({
    queryKey: [space, 'resolution'],
    queryFn: ({ signal }) => ask<Resolution>('GET', '/metrics/resolution', { space, signal }),
  })
}
