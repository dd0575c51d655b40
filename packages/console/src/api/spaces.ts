import { queryOptions } from '@tanstack/react-query'
import type { Space } from './answers.ts'
import { ask } from './client.ts'

export const spacesQuery = queryOptions({
  queryKey: ['spaces'],
  queryFn: async ({ signal }) =>
    (await ask<{ readonly spaces: readonly Space[] }>('GET', '/spaces', { signal })).spaces,
})

export function createSpace(name: string): Promise<unknown> {
  return ask('POST', '/spaces', { body: { name } })
}

export function deleteSpace(spaceId: string, confirm: string): Promise<unknown> {
  return ask('DELETE', `/spaces/${encodeURIComponent(spaceId)}`, { query: { confirm } })
}
