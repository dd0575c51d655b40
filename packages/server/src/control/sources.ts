import {
  appendAudit,
  findSource,
  hasRecordsOf,
  keysOf,
  knownConnections,
  lockSpace,
  newSecret,
  rulesetBody,
  saveSource,
  type ConnectedSource,
  type Sql,
} from '@selfsame/store'
import { publishRuleset } from '../engine/publish-ruleset.ts'
import { RulesCache } from '../engine/space-rules.ts'
import type { ControlContext } from './control-context.ts'
import { ControlFault } from './control-fault.ts'
import { checkSourceName } from './names.ts'

export interface SourceSettingsGiven {
  readonly class?: 'server' | 'public' | undefined
  readonly trust?: 'trusted' | 'untrusted' | undefined
}

/** How far the caller's rights go. */
export interface Reach {
  readonly workspaceId: string
  /** The one space; null: every space of the workspace. */
  readonly spaceId: string | null
}

/**
 * Connects a source to a space. A source is one thing in its workspace: where another space has it, class, trust and
 * secret are taken over from there, and another class is refused. The second time nothing changes.
 */
export async function connectSource(
  context: ControlContext,
  actor: string,
  reach: Reach,
  spaceId: string,
  name: string,
  given: SourceSettingsGiven & { readonly class: 'server' | 'public' },
): Promise<ConnectedSource> {
  checkSourceName(name)
  return context.database.transaction(async (sql) => {
    const at = context.now()
    const { source, isNew } = await connectIn(sql, at, actor, reach, spaceId, name, given)
    const details = { class: source.class, trust: source.trust, isNew }
    await appendAudit(sql, spaceId, { at, actor, action: 'source.connect', object: name, details })
    return source
  })
}

/** As `connectSource`, within a transaction whose caller writes the audit entry. */
export async function connectIn(
  sql: Sql,
  at: number,
  actor: string,
  reach: Reach,
  spaceId: string,
  name: string,
  given: SourceSettingsGiven & { readonly class: 'server' | 'public' },
): Promise<{ readonly source: ConnectedSource; readonly isNew: boolean }> {
  if (!(await lockSpace(sql, spaceId))) throw new ControlFault('space.unknown', 'there is no such space')
  const known = await knownConnections(sql, reach.workspaceId, name)
  const here = known.find(({ space_id }) => space_id === spaceId)
  const isConnected = here?.disconnected_at === null
  if (!isConnected && reach.spaceId !== null && known.some(({ space_id }) => space_id !== spaceId)) {
    throw new ControlFault(
      'source.elsewhere',
      'another space of this workspace has a source of that name; an administrator of the workspace can connect it here',
    )
  }
  const alike = here ?? known[0]
  if (alike && alike.class !== given.class) throw otherClass(name, alike.class)
  if (here && isConnected) return { source: here, isNew: false }
  const source: ConnectedSource = {
    space_id: spaceId,
    source: name,
    class: given.class,
    trust: alike?.trust ?? trustOf(given.class, given.trust),
    proof_secret: alike?.proof_secret ?? newSecret(),
    created_at: here?.created_at ?? at,
    last_record_at: here?.last_record_at ?? null,
    browser_seen_at: here?.browser_seen_at ?? null,
    disconnected_at: null,
  }
  await saveSource(sql, source)
  // A source that nobody named before counted as a trusted server.
  const isStricter = source.class === 'public' || source.trust === 'untrusted'
  if (!here && isStricter) await readAgain(sql, at, actor, source)
  return { source, isNew: true }
}

/**
 * Changes class or trust of a source in every space it feeds or has fed. What is stored is read anew with it, in the same
 * step, so that records of the past count neither more nor less than new ones.
 */
export async function changeSource(
  context: ControlContext,
  actor: string,
  reach: Reach,
  spaceId: string,
  name: string,
  given: SourceSettingsGiven,
): Promise<ConnectedSource> {
  return context.database.transaction(async (sql) => {
    const at = context.now()
    const known = await knownConnections(sql, reach.workspaceId, name)
    const here = known.find((one) => one.space_id === spaceId && one.disconnected_at === null)
    if (!here) throw unknownSource()
    if (reach.spaceId !== null && known.length > 1) throw feedsOthers()
    const sourceClass = given.class ?? here.class
    if (sourceClass === 'server' && (await hasLivePublicKeys(sql, reach.workspaceId, name, at))) {
      throw new ControlFault('source.public_keys', 'this source has public keys in use: revoke them first')
    }
    const trust = trustOf(sourceClass, given.trust ?? (sourceClass === here.class ? here.trust : undefined))
    // All of them first, in one order: two changes at once wait for each other, and not in a circle.
    for (const { space_id } of known) await lockSpace(sql, space_id)
    const details = { class: sourceClass, trust, spaces: known.map(({ space_id }) => space_id) }
    await appendAudit(sql, spaceId, { at, actor, action: 'source.change', object: name, details })
    for (const connection of known) {
      const changed = { ...connection, class: sourceClass, trust }
      await saveSource(sql, changed)
      const differs = connection.class !== sourceClass || connection.trust !== trust
      if (differs) await readAgain(sql, at, actor, changed)
    }
    return { ...here, class: sourceClass, trust }
  })
}

/**
 * The source feeds this space no more. Its records stay, and count as much as before; keys of it go on feeding other spaces.
 */
export async function disconnect(
  { database, now }: ControlContext,
  actor: string,
  spaceId: string,
  name: string,
): Promise<void> {
  await database.transaction(async (sql) => {
    await lockSpace(sql, spaceId)
    const source = await findSource(sql, spaceId, name)
    if (!source) throw unknownSource()
    const at = now()
    await saveSource(sql, { ...source, disconnected_at: at })
    await appendAudit(sql, spaceId, { at, actor, action: 'source.disconnect', object: name, details: {} })
  })
}

/** Reads and resolves everything stored in a space anew, with the ruleset it has, where the source has brought anything. */
async function readAgain(sql: Sql, at: number, actor: string, { space_id, source }: ConnectedSource): Promise<void> {
  if (!(await hasRecordsOf(sql, space_id, source))) return
  const space = await lockSpace(sql, space_id)
  const body = space && (await rulesetBody(sql, space_id, space.rulesetVersion))
  if (!body) return
  await publishRuleset(sql, space_id, body, actor, `source ${source} changed`, at, new RulesCache())
}

export function feedsOthers(): ControlFault {
  return new ControlFault(
    'source.elsewhere',
    'this source feeds other spaces of the workspace too; an administrator of the workspace can change it',
  )
}

export function unknownSource(): ControlFault {
  return new ControlFault('source.unknown', 'there is no such source in this space')
}

export function trustOf(
  sourceClass: 'server' | 'public',
  given: SourceSettingsGiven['trust'],
): 'trusted' | 'untrusted' {
  if (sourceClass === 'server') return given ?? 'trusted'
  if (given === 'trusted') {
    throw new ControlFault(
      'source.public_is_untrusted',
      'a public source is untrusted: its key sits in a browser or an app',
    )
  }
  return 'untrusted'
}

function otherClass(name: string, known: 'server' | 'public'): ControlFault {
  const other = known === 'public' ? 'servers' : 'browsers and apps'
  return new ControlFault(
    'source.other_class',
    `${name} is a ${known} source, and so are all its keys: give your ${other} a source of their own, or change the class of this one`,
  )
}

async function hasLivePublicKeys(sql: Sql, workspaceId: string, name: string, nowMs: number): Promise<boolean> {
  const keys = await keysOf(sql, workspaceId)
  return keys.some(
    (key) =>
      key.source === name &&
      key.class === 'public' &&
      key.revoked_at === null &&
      (key.expires_at === null || key.expires_at > nowMs),
  )
}
