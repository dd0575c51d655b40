import type { RunSummary } from './answers.ts'
import { pagesOf } from './pages.ts'

export function runsQuery(space: string) {
  return pagesOf<RunSummary>(space, '/runs')
}
