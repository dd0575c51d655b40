import type { DeadLetter } from './answers.ts'
import { pagesOf } from './pages.ts'

export function deadLettersQuery(space: string) {
  return pagesOf<DeadLetter>(space, '/dead-letters')
}
