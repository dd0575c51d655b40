import type { HeldLink } from './answers.ts'
import { pagesOf } from './pages.ts'

export function heldLinksQuery(space: string, id: string) {
  return pagesOf<HeldLink>(space, `/profiles/${encodeURIComponent(id)}/held-links`)
}
