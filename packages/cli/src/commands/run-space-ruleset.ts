import { diffRulesets, parseRuleset } from '@selfsame/core'
import { createEngine } from '@selfsame/server'
import { findRuleset } from '@selfsame/store'
import { UsageFault } from '../exit-code.ts'
import { loadRuleset, readRulesetText } from '../ruleset-file.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { inWorkspace } from '../workspace.ts'

export interface SpaceRulesetFlags {
  readonly database: string
  readonly space: string
  readonly note?: string
}

/** Prints a version of the ruleset of a space, as it was published; null: the one that counts. */
export async function pullRuleset(asked: string | null, flags: SpaceRulesetFlags, terminal: Terminal): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, space }) => {
    const { space_id: spaceId, name, ruleset_version } = await space(flags.space)
    const version = asked === null ? ruleset_version : Number(asked)
    const found = Number.isInteger(version) ? await findRuleset(database, spaceId, version) : null
    if (!found) throw new UsageFault('workspace.unknown_name', `${plainText(name)} has no such version of its ruleset`)
    terminal.note(`version ${found.version} of ${plainText(name)}\n`)
    terminal.out(found.body.endsWith('\n') ? found.body : `${found.body}\n`)
  })
}

/** Publishes a ruleset file in a space, and says what that changes. */
export async function publishRulesetFile(file: string, flags: SpaceRulesetFlags, terminal: Terminal): Promise<void> {
  const { ruleset } = loadRuleset(file, terminal)
  await inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, space, now, actor }) => {
    const { space_id: spaceId, name, ruleset_version: expectedVersion } = await space(flags.space)
    const before = parseRuleset((await findRuleset(database, spaceId, expectedVersion))?.body ?? '')
    const engine = createEngine({ database, now })
    try {
      const basis = { expectedVersion, draftRevision: null }
      const text = readRulesetText(file)
      const version = await (await engine.startPublication(spaceId, text, actor, flags.note ?? null, basis)).done
      terminal.note(`version ${version} counts in ${plainText(name)} now, for the past as well\n`)
      if (before.ok) for (const change of diffRulesets(before.ruleset, ruleset)) terminal.out(`${plainText(change)}\n`)
    } finally {
      await engine.close()
    }
  })
}
