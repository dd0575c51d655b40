import { queryOptions } from '@tanstack/react-query'
import type { RejectedValues } from './answers.ts'
import { ask } from './client.ts'

export function rejectedValuesQuery(space: string) {
  return queryOptions({
    queryKey: [space, 'blocked-values'],
    queryFn: ({ signal }) => ask<RejectedValues>('GET', '/blocked-values', { space, signal }),
  })
}
