import { queryOptions } from '@tanstack/react-query'
import type { Identifier } from './answers.ts'
import { ask } from './client.ts'

export function identifiersQuery(space: string, id: string) {
  return queryOptions({
    queryKey: [space, 'identifiers', id],
    queryFn: ({ signal }) =>
      ask<{ readonly items: readonly Identifier[]; readonly complete: boolean }>(
        'GET',
        `/profiles/${encodeURIComponent(id)}/identifiers`,
        { space, signal },
      ),
  })
}
