import { queryOptions } from '@tanstack/react-query'
import type { Source } from './answers.ts'
import { ask } from './client.ts'

export function sourcesQuery(space: string) {
  return queryOptions({
    queryKey: [space, 'sources'],
    queryFn: async ({ signal }) =>
      (await ask<{ readonly sources: readonly Source[] }>('GET', '/sources', { space, signal })).sources,
  })
}

export function createSource(
  space: string,
  body: { readonly source: string; readonly class: 'public' | 'server'; readonly trust?: 'trusted' | 'untrusted' },
): Promise<Source> {
  return ask('POST', '/sources', { space, body })
}

export function changeSource(
  space: string,
  source: string,
  body: { readonly class?: 'public' | 'server'; readonly trust?: 'trusted' | 'untrusted' },
): Promise<Source> {
  return ask('PATCH', `/sources/${encodeURIComponent(source)}`, { space, body })
}
