import { queryOptions } from '@tanstack/react-query'
import type { ProfileAnswer } from './answers.ts'
import { ask } from './client.ts'

export function profileQuery(space: string, id: string) {
  return queryOptions({
    queryKey: [space, 'profile', id],
    queryFn: ({ signal }) => ask<ProfileAnswer>('GET', `/profiles/${encodeURIComponent(id)}`, { space, signal }),
  })
}
