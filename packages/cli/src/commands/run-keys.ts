import {
  endKey,
  isLive,
  listKeys,
  makeApiKey,
  makeWriteKey,
  rotateKey,
  type ListedKey,
  type MadeKey,
} from '@selfsame/server'
import { spacesOf } from '@selfsame/store'
import { parseDuration } from '../duration.ts'
import { UsageFault } from '../exit-code.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { textTable } from '../terminal/text-table.ts'
import { inWorkspace, type Workspace } from '../workspace.ts'
import type { CreateKeyFlags, ListFlags, RotateFlags } from './keys.ts'
import { snippetFor } from './sdk-snippet.ts'

export async function createKey(flags: CreateKeyFlags, terminal: Terminal): Promise<void> {
  checkWhatIsMade(flags)
  await inWorkspace(flags.database, { mayMake: true }, terminal, async (workspace) => {
    const space = await workspace.space(flags.space)
    const made = await make(workspace, space.space_id, flags)
    await show(made, flags.json === true, workspace, terminal)
    const { source, class: keyClass } = made.key
    if (flags.json !== true && source !== null && keyClass !== null) {
      terminal.note(`\n${snippetFor(keyClass, made.text)}`)
    }
  })
}

export async function listKeysOf(flags: ListFlags, terminal: Terminal): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async (workspace) => {
    const spaceId = flags.space === undefined ? null : (await workspace.space(flags.space)).space_id
    const listed = await listKeys(workspace.database, workspace.reach, spaceId)
    const names = await spaceNames(workspace)
    if (flags.json) {
      terminal.out(
        `${JSON.stringify(
          listed.map((one) => described(one, names)),
          null,
          2,
        )}\n`,
      )
      return
    }
    if (listed.length === 0) terminal.note('there are no keys yet; selfsame keys create makes one\n')
    else terminal.out(tableOf(listed, names, workspace.now(), terminal))
  })
}

export async function rotate(keyId: string, flags: RotateFlags, terminal: Terminal): Promise<void> {
  const keepMs = parseDuration(flags.keep, '--keep')
  await inWorkspace(flags.database, { mayMake: false }, terminal, async (workspace) => {
    const made = await rotateKey(workspace, workspace.actor, workspace.reach, null, keyId, keepMs)
    await show(made, flags.json === true, workspace, terminal)
    terminal.note(`the older key goes on until ${new Date(made.olderEndsAt).toISOString()}\n`)
  })
}

export async function revoke(keyId: string, database: string, terminal: Terminal): Promise<void> {
  await inWorkspace(database, { mayMake: false }, terminal, (workspace) =>
    endKey(workspace, workspace.actor, workspace.reach, null, keyId),
  )
  terminal.note('revoked: within a second no server takes it\n')
}

function checkWhatIsMade(flags: CreateKeyFlags): void {
  const { source, role } = flags
  if ((source === undefined) === (role === undefined)) {
    throw new UsageFault('usage.option', 'name --source NAME for a write key, or --role ROLE for an API key')
  }
  if (source !== undefined && flags.class === undefined) {
    throw new UsageFault(
      'usage.option',
      'choose --class public for a key that sits in a browser or an app, where anybody can read it, or --class server for one that stays on your servers',
    )
  }
  const ofWriteKeys = [flags.class, flags.trust, flags.view].some((flag) => flag !== undefined)
  if (role !== undefined && ofWriteKeys)
    throw new UsageFault('usage.option', '--class, --trust and --view go with --source')
}

async function make(workspace: Workspace, spaceId: string, flags: CreateKeyFlags): Promise<MadeKey> {
  const { source, role, class: keyClass, trust, view, label } = flags
  const expiresAt = flags.expires === undefined ? null : workspace.now() + parseDuration(flags.expires, '--expires')
  const { actor, reach, workspaceId } = workspace
  if (source !== undefined && keyClass !== undefined) {
    const given = { source, class: keyClass, trust, mayView: view, label, expiresAt }
    return makeWriteKey(workspace, actor, reach, spaceId, given)
  }
  return makeApiKey(workspace, actor, workspaceId, spaceId, { role: role ?? 'viewer', label, expiresAt })
}

/** The key alone on standard output; what is said about it beside it. */
async function show(made: MadeKey, json: boolean, workspace: Workspace, terminal: Terminal): Promise<void> {
  const names = await spaceNames(workspace)
  if (json) {
    terminal.out(`${JSON.stringify({ key: made.text, ...described(made, names) }, null, 2)}\n`)
    return
  }
  const { key } = made
  const spaces = namesOf(made, names).join(' and ')
  const what =
    key.source === null
      ? `API key of ${spaces}, role ${String(key.role)}`
      : `${String(key.class)} write key of ${key.source}, which feeds ${spaces}`
  terminal.note(plainText(`${what}; its id is ${key.key_id}. It is shown this once:`))
  terminal.note('\n')
  terminal.out(`${made.text}\n`)
}

function tableOf(
  listed: readonly ListedKey[],
  names: ReadonlyMap<string, string>,
  nowMs: number,
  terminal: Terminal,
): string {
  const columns = ['id', 'key', 'of', 'spaces', 'label', 'last used', 'state'].map((name) => ({ name }))
  const rows = listed.map((one) => {
    const { key } = one
    return [
      key.key_id,
      `ss_${key.class ?? 'api'}_…${key.last4}`,
      key.source ?? String(key.role),
      namesOf(one, names).join(', '),
      key.label ?? '',
      key.last_used_at === null ? 'never' : new Date(key.last_used_at).toISOString(),
      stateOf(one, nowMs),
    ].map(plainText)
  })
  return textTable(columns, rows, terminal.outColors.dim)
}

function stateOf({ key }: ListedKey, nowMs: number): string {
  if (key.revoked_at !== null) return 'revoked'
  if (!isLive(key, nowMs)) return 'expired'
  return key.expires_at === null ? 'live' : `until ${new Date(key.expires_at).toISOString()}`
}

function described(one: ListedKey, names: ReadonlyMap<string, string>) {
  const { key } = one
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    id: key.key_id,
    kind: key.kind,
    class: key.class,
    source: key.source,
    role: key.kind === 'api' ? key.role : null,
    mayView: key.kind === 'write' && key.role === 'viewer',
    spaces: namesOf(one, names),
    last4: key.last4,
    label: key.label,
    createdAt: iso(key.created_at),
    expiresAt: iso(key.expires_at),
    revokedAt: iso(key.revoked_at),
    lastUsedAt: iso(key.last_used_at),
  }
}

function namesOf({ spaceIds }: ListedKey, names: ReadonlyMap<string, string>): readonly string[] {
  return spaceIds.map((id) => names.get(id) ?? id).sort()
}

async function spaceNames({ database, workspaceId }: Workspace): Promise<ReadonlyMap<string, string>> {
  return new Map((await spacesOf(database, workspaceId)).map(({ space_id, name }) => [space_id, name]))
}
