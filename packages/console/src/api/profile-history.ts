import type { Change } from './answers.ts'
import { pagesOf } from './pages.ts'

export function historyQuery(space: string, id: string) {
  return pagesOf<Change>(space, `/profiles/${encodeURIComponent(id)}/history`)
}
