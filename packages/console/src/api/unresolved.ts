import type { Unresolved } from './answers.ts'
import { pagesOf } from './pages.ts'

export function unresolvedQuery(space: string) {
  return pagesOf<Unresolved>(space, '/unresolved')
}
