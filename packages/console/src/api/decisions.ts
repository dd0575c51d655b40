import type { Decision } from './answers.ts'
import { pagesOf } from './pages.ts'

export function decisionsQuery(space: string, filter: Readonly<Record<string, string | undefined>> = {}) {
  return pagesOf<Decision>(space, '/decisions', { ...filter, limit: 50 })
}
