import type { Publication } from './answers.ts'
import { ask } from './client.ts'

interface Value {
  readonly type: string
  readonly value: string
}

export function blockValue(space: string, { type, value }: Value): Promise<Publication> {
  return ask('POST', '/blocked-values', { space, body: { type, value } })
}

export function unblockValue(space: string, { type, value }: Value): Promise<Publication> {
  return ask('POST', '/blocked-values/unblock', { space, body: { type, value } })
}
