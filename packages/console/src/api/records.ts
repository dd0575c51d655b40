import type { RecentRecord } from './answers.ts'
import { pagesOf } from './pages.ts'

export function recordsQuery(space: string) {
  return pagesOf<RecentRecord>(space, '/records', { limit: 50 })
}
