import { connectSource } from '@selfsame/server'
import { connectedSources, findSource, spacesOf } from '@selfsame/store'
import { UsageFault } from '../exit-code.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { textTable } from '../terminal/text-table.ts'
import { inWorkspace, type Workspace } from '../workspace.ts'
import type { ConnectFlags, SourceListFlags } from './sources.ts'

export async function connect(name: string, flags: ConnectFlags, terminal: Terminal): Promise<void> {
  await inWorkspace(flags.database, { mayMake: true }, terminal, async (workspace) => {
    const { space_id } = await workspace.space(flags.space)
    const given = { class: flags.class, trust: flags.trust }
    const source = await connectSource(workspace, workspace.actor, workspace.reach, space_id, name, given)
    const all = await sourcesBySpace(workspace, null)
    const spaces = all.filter((one) => one.source === name).map(({ space }) => space)
    terminal.note(plainText(`${name} (${source.class}, ${source.trust}) feeds ${spaces.join(' and ')}`))
    terminal.note('\n')
  })
}

export async function listSources(flags: SourceListFlags, terminal: Terminal): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async (workspace) => {
    const spaceId = flags.space === undefined ? null : (await workspace.space(flags.space)).space_id
    const sources = await sourcesBySpace(workspace, spaceId)
    if (flags.json) terminal.out(`${JSON.stringify(sources, null, 2)}\n`)
    else if (sources.length === 0) terminal.note('there are no sources yet; selfsame keys create connects one\n')
    else {
      const columns = ['source', 'space', 'class', 'trust', 'last record', ''].map((name) => ({ name }))
      const rows = sources.map(({ source, space, class: sourceClass, trust, lastRecordAt, browserSeenAt }) =>
        [
          source,
          space,
          sourceClass,
          trust,
          lastRecordAt ?? 'none yet',
          browserSeenAt === null ? '' : 'its server key is in use in browsers: make it public',
        ].map(plainText),
      )
      terminal.out(textTable(columns, rows, terminal.outColors.dim))
    }
  })
}

export async function showSecret(
  name: string,
  flags: { readonly database: string; readonly space: string },
  terminal: Terminal,
): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async (workspace) => {
    const { space_id } = await workspace.space(flags.space)
    const source = await findSource(workspace.database, space_id, name)
    if (!source)
      throw new UsageFault('workspace.unknown_name', `${plainText(flags.space)} has no source ${plainText(name)}`)
    terminal.note('keep it on your servers: whoever has it can prove any id\n')
    terminal.out(`${source.proof_secret}\n`)
  })
}

async function sourcesBySpace({ database, workspaceId }: Workspace, spaceId: string | null) {
  const spaces = (await spacesOf(database, workspaceId)).filter(
    ({ space_id }) => spaceId === null || space_id === spaceId,
  )
  const listed = await Promise.all(
    spaces.map(async ({ space_id, name }) =>
      (await connectedSources(database, space_id)).map((source) => ({
        source: source.source,
        space: name,
        class: source.class,
        trust: source.trust,
        lastRecordAt: iso(source.last_record_at),
        browserSeenAt: source.class === 'public' ? null : iso(source.browser_seen_at),
      })),
    ),
  )
  return listed.flat()
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
