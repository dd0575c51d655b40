import type { Erasure, ErasureReport } from './answers.ts'
import { ask } from './client.ts'
import { pagesOf } from './pages.ts'

/** Erases a person for good; with `preview` nothing is erased. */
export function erasePerson(
  space: string,
  given: { readonly profileId: string; readonly preview: boolean },
): Promise<ErasureReport> {
  const { profileId, preview } = given
  return ask('POST', '/erasures', { space, query: preview ? { preview } : {}, body: { profileId } })
}

export function erasuresQuery(space: string) {
  return pagesOf<Erasure>(space, '/erasures')
}

/** Everything that is held of a person. */
export function exportPerson(space: string, profileId: string): Promise<unknown> {
  return ask('GET', `/profiles/${encodeURIComponent(profileId)}/export`, { space })
}
