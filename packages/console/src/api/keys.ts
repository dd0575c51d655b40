import { queryOptions } from '@tanstack/react-query'
import type { Key } from './answers.ts'
import { ask } from './client.ts'

export interface MadeKey {
  /** The key itself: shown now and never again. */
  readonly text: string
  readonly key: Key
}

export function keysQuery(space: string) {
  return queryOptions({
    queryKey: [space, 'keys'],
    queryFn: async ({ signal }) =>
      (await ask<{ readonly keys: readonly Key[] }>('GET', '/keys', { space, signal })).keys,
  })
}

export function createKey(space: string, body: Readonly<Record<string, unknown>>): Promise<MadeKey> {
  return ask('POST', '/keys', { space, body })
}

export function rotateKey(space: string, keyId: string): Promise<MadeKey> {
  return ask('POST', `/keys/${encodeURIComponent(keyId)}/rotate`, { space, body: {} })
}

export function endKey(space: string, keyId: string): Promise<unknown> {
  return ask('DELETE', `/keys/${encodeURIComponent(keyId)}`, { space })
}
