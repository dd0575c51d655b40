import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { PreviewAnswer, WrittenMapping } from './answers.ts'
import { ask } from './client.ts'

export type Sample =
  | { readonly record: { readonly source: string; readonly key: string } }
  | { readonly envelope: unknown; readonly kind: 'event' | 'row'; readonly call?: string | null }

interface Asked {
  readonly source: string
  readonly mapping?: WrittenMapping
  readonly place?: number
  readonly sample: Sample
}

/** What a mapping that is being written does with a sample: exactly what taking the sample would do. */
export function previewMappingQuery(space: string, asked: Asked) {
  return queryOptions({
    queryKey: [space, 'mapping-preview', asked],
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<PreviewAnswer>('POST', '/mappings/preview', { space, signal, body: asked }),
  })
}
