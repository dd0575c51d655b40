import type { Decided } from './answers.ts'
import { ask } from './client.ts'

interface Given {
  readonly id: string
  readonly identifiers?: readonly { readonly type: string; readonly value: string }[]
  readonly records?: readonly { readonly source: string; readonly key: string }[]
  readonly reason?: string | null
  readonly preview: boolean
}

/** Takes identifiers, or records, off a profile for good. */
export function splitProfile(space: string, { id, preview, ...body }: Given): Promise<Decided> {
  return ask('POST', `/profiles/${encodeURIComponent(id)}/split`, { space, query: preview ? { preview } : {}, body })
}
