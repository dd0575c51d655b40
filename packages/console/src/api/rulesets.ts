import type { RulesetVersion } from './answers.ts'
import { pagesOf } from './pages.ts'

export function rulesetsQuery(space: string) {
  return pagesOf<RulesetVersion>(space, '/rulesets')
}
