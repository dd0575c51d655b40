import { queryOptions } from '@tanstack/react-query'
import type { Samples } from './answers.ts'
import { ask } from './client.ts'

/** Records that came lately, and the names of events among them. */
export function samplesQuery(space: string, source?: string, event?: string) {
  return queryOptions({
    queryKey: [space, 'samples', source, event],
    queryFn: ({ signal }) =>
      ask<Samples>('GET', '/mappings/samples', { space, signal, query: { source, event, limit: 12 } }),
  })
}
