import { queryOptions } from '@tanstack/react-query'
import type { Series } from './answers.ts'
import { ask } from './client.ts'

/** What happened day by day. */
export function seriesQuery(space: string, days: number) {
  return queryOptions({
    queryKey: [space, 'series', days],
    queryFn: ({ signal }) => ask<Series>('GET', '/metrics/series', { space, signal, query: { days } }),
  })
}
