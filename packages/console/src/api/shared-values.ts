import type { SharedValue } from './answers.ts'
import { pagesOf } from './pages.ts'

export function sharedValuesQuery(space: string) {
  return pagesOf<SharedValue>(space, '/shared-values')
}
