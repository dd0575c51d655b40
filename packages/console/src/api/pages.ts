import { infiniteQueryOptions } from '@tanstack/react-query'
import { ask, type Asked } from './client.ts'

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** A list that comes in pages, each asked for with the cursor of the one before. */
export function pagesOf<Item>(
  space: string,
  path: string,
  query: NonNullable<Asked['query']> = {},
  method: 'GET' | 'POST' = 'GET',
) {
  return infiniteQueryOptions({
    queryKey: [space, method, path, query],
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Item>) => page.next,
    queryFn: ({ pageParam, signal }) => {
      const asked = { ...query, ...(pageParam !== null && { cursor: pageParam }) }
      return ask<Page<Item>>(method, path, {
        space,
        signal,
        ...(method === 'GET' ? { query: asked } : { body: asked }),
      })
    },
  })
}
