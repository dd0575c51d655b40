import type { Candidate } from './answers.ts'
import { pagesOf } from './pages.ts'

export function candidatesQuery(space: string, filter: Readonly<Record<string, string | undefined>> = {}) {
  return pagesOf<Candidate>(space, '/candidates', { ...filter, limit: 100 })
}
