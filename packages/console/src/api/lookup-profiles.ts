import type { Looked } from './answers.ts'
import { ask } from './client.ts'

/** The profiles that hold a value, in any spelling. */
export function lookupProfiles(space: string, value: string): Promise<Looked> {
  return ask('POST', '/profiles/lookup', { space, body: { value } })
}
