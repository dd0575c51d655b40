import { queryOptions } from '@tanstack/react-query'
import type { Run } from './answers.ts'
import { ask } from './client.ts'

/** A run, asked for again as long as it goes on. */
export function runQuery(space: string, id: string) {
  return queryOptions<Run>({
    queryKey: [space, 'run', id],
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 700 : false),
    queryFn: ({ signal }) => ask<Run>('GET', `/runs/${encodeURIComponent(id)}`, { space, signal }),
  })
}
