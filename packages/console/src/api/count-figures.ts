import type { Simulation } from './answers.ts'
import { ask } from './client.ts'

/** Resolves everything stored with what is published, to count what each rule and identifier does; nothing changes. */
export function countFigures(space: string): Promise<Simulation> {
  return ask('POST', '/rulesets/draft/simulate', { space, body: { ruleset: 'published' } })
}
