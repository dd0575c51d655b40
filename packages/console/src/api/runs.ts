import type { Run } from './answers.ts'
import { pagesOf } from './pages.ts'

export function runsQuery(space: string) {
  return pagesOf<Run>(space, '/runs')
}
