import type { Found } from './answers.ts'
import { pagesOf } from './pages.ts'

export function searchProfilesQuery(space: string, query: string) {
  return pagesOf<Found>(space, '/profiles/search', { query, limit: 50 }, 'POST')
}
