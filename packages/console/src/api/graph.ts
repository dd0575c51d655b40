import { queryOptions } from '@tanstack/react-query'
import type { GraphAnswer } from './answers.ts'
import { ask } from './client.ts'

export function graphQuery(space: string, id: string) {
  return queryOptions({
    queryKey: [space, 'graph', id],
    queryFn: ({ signal }) =>
      ask<GraphAnswer>('GET', `/profiles/${encodeURIComponent(id)}/graph?traces=300`, { space, signal }),
  })
}
