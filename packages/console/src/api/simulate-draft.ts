import type { Simulation } from './answers.ts'
import { ask } from './client.ts'

/** Tries the draft on everything stored, or on so many profiles; answers at once with the run. */
export function simulateDraft(space: string, sample: number | null): Promise<Simulation> {
  return ask('POST', '/rulesets/draft/simulate', { space, body: { ruleset: 'draft', sample, wait: false } })
}
