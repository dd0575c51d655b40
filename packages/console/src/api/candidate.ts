import { queryOptions } from '@tanstack/react-query'
import type { SideBySide } from './answers.ts'
import { ask } from './client.ts'

export function candidateQuery(space: string, id: string) {
  return queryOptions({
    queryKey: [space, 'candidate', id],
    queryFn: ({ signal }) => ask<SideBySide>('GET', `/candidates/${encodeURIComponent(id)}`, { space, signal }),
  })
}
