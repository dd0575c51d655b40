import { parseRuleset } from '@selfsame/core'
import { createEngine, type PlanReport, type SimulationSummary } from '@selfsame/server'
import { findDraft } from '@selfsame/store'
import { UsageFault } from '../exit-code.ts'
import { formatCount, formatOf, formatShare } from '../report/numbers.ts'
import { loadRuleset, readRulesetText } from '../ruleset-file.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { textTable } from '../terminal/text-table.ts'
import { inWorkspace } from '../workspace.ts'
import type { SimulateFlags } from './simulate.ts'

/** Tries a ruleset file, or the draft, on what a space holds. */
export async function runSimulate(file: string | null, flags: SimulateFlags, terminal: Terminal): Promise<void> {
  if (file !== null) loadRuleset(file, terminal)
  const summary = await inWorkspace(flags.database, { mayMake: false }, terminal, async (workspace) => {
    const { database, now, actor } = workspace
    const { space_id: spaceId, name } = await workspace.space(flags.space)
    const draft = file === null ? await findDraft(database, spaceId) : null
    if (file === null && !draft) {
      throw new UsageFault('workspace.unknown_name', `there is no draft in ${plainText(name)}: name a ruleset file`)
    }
    const text = draft?.body ?? readRulesetText(file ?? '')
    if (!parseRuleset(text).ok) {
      throw new UsageFault('ruleset.faulty', `the draft in ${plainText(name)} has faults: it cannot be tried`)
    }
    const engine = createEngine({ database, now })
    try {
      const subject = draft ? 'draft' : 'given'
      return await (await engine.startSimulation(spaceId, text, actor, subject, flags.sample ?? null)).done
    } finally {
      await engine.close()
    }
  })
  terminal.out(flags.json === true ? `${JSON.stringify(summary, null, 2)}\n` : inWords(summary, terminal))
}

function inWords({ against, sample, report }: SimulationSummary, terminal: Terminal): string {
  const { profiles, candidates, heldLinks, golden, regroupings } = report
  const tried = sample === null ? '' : ` in a sample of ${formatOf(sample.profiles, 'profile')}`
  const lines = [
    `Against version ${against}${tried}: ${formatOf(report.records, 'record')}`,
    `  profiles     ${arrow(profiles)}: ${formatCount(profiles.merged)} merged, ${formatCount(profiles.split)} split, ${formatCount(profiles.moved)} moved, ${formatCount(profiles.unchanged)} stay as they are`,
    `  review queue ${arrow(candidates)}: ${formatCount(candidates.added)} added, ${formatCount(candidates.removed)} removed`,
    `  held links   ${arrow(heldLinks)}: ${formatCount(heldLinks.added)} added, ${formatCount(heldLinks.removed)} removed`,
    `  golden       ${formatOf(golden.values, 'value')} of ${formatOf(golden.profiles, 'profile')} would be others`,
  ]
  if (report.examples.length > 0) {
    lines.push('', `Who goes where (${formatCount(report.examples.length)} of ${formatCount(regroupings)}):`)
    for (const example of report.examples) lines.push(`  ${exampleInWords(example)}`)
  }
  const columns = [
    { name: 'rule' },
    { name: 'applies', numeric: true },
    { name: 'matches', numeric: true },
    { name: 'conflicts', numeric: true },
    { name: 'links', numeric: true },
  ]
  const rows = report.rules.map((rule) => [
    plainText(rule.rule),
    formatShare(rule.applicability),
    formatShare(rule.validMatchRate),
    formatShare(rule.conflictRate),
    formatCount(rule.links),
  ])
  return `${lines.join('\n')}\n\n${textTable(columns, rows, terminal.outColors.dim)}\n`
}

function arrow({ before, after }: { readonly before: number; readonly after: number }): string {
  return `${formatCount(before)} → ${formatCount(after)}`
}

function exampleInWords({ kind, records, before, after }: PlanReport['examples'][number]): string {
  const named = (list: typeof before) =>
    list.map(({ profileId, records: size }) => `${profileId} (${size})`).join(' + ')
  return `${kind}, ${formatOf(records, 'record')}: ${named(before)} → ${named(after)}`
}
