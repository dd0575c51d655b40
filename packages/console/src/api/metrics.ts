import { queryOptions } from '@tanstack/react-query'
import type { Metrics } from './answers.ts'
import { ask } from './client.ts'

export function metricsQuery(space: string, hours: number) {
  return queryOptions({
    queryKey: [space, 'metrics', hours],
    queryFn: ({ signal }) => ask<Metrics>('GET', `/metrics?hours=${hours}`, { space, signal }),
  })
}
