import {
  appendAudit,
  connectionsOf,
  disconnectSource,
  findSource,
  hasRecordsOf,
  keysOf,
  lockSpace,
  newSecret,
  rulesetBody,
  saveSource,
  type ConnectedSource,
  type Sql,
} from '@selfsame/store'
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
  const { source, changesThePast } = await context.database.transaction(async (sql) => {
    const at = context.now()
    const connected = await connectIn(sql, at, reach, spaceId, name, given)
    const { class: sourceClass, trust } = connected.source
    const details = { class: sourceClass, trust, isNew: connected.isNew }
    await appendAudit(sql, spaceId, { at, actor, action: 'source.connect', object: name, details })
    return {
      source: connected.source,
      changesThePast: connected.isNew && (await hasStricterPast(sql, connected.source)),
    }
  })
  if (changesThePast) await resolveAgain(context, spaceId, actor, `source ${name} connected`)
  return source
}

/** As `connectSource`, within a transaction whose caller writes the audit entry, and resolves again where `isNew` meets records. */
export async function connectIn(
  sql: Sql,
  at: number,
  reach: Reach,
  spaceId: string,
  name: string,
  given: SourceSettingsGiven & { readonly class: 'server' | 'public' },
): Promise<{ readonly source: ConnectedSource; readonly isNew: boolean }> {
  if (!(await lockSpace(sql, spaceId))) throw new ControlFault('space.unknown', 'there is no such space')
  const connections = await connectionsOf(sql, reach.workspaceId, name)
  const here = connections.find(({ space_id }) => space_id === spaceId)
  const elsewhere = here ?? connections[0]
  if (!here && elsewhere && reach.spaceId !== null) {
    throw new ControlFault(
      'source.elsewhere',
      'another space of this workspace has a source of that name; an administrator of the workspace can connect it here',
    )
  }
  if (elsewhere && elsewhere.class !== given.class) throw otherClass(name, elsewhere.class)
  if (here) return { source: here, isNew: false }
  const source = {
    space_id: spaceId,
    source: name,
    class: given.class,
    trust: elsewhere?.trust ?? trustOf(given.class, given.trust),
    proof_secret: elsewhere?.proof_secret ?? newSecret(),
    created_at: at,
  }
  await saveSource(sql, source)
  return { source: { ...source, last_record_at: null, browser_seen_at: null }, isNew: true }
}

/**
 * Changes class or trust of a source in every space it feeds. What is stored is read anew with it, so that records of the
 * past count no more than new ones.
 */
export async function changeSource(
  context: ControlContext,
  actor: string,
  reach: Reach,
  spaceId: string,
  name: string,
  given: SourceSettingsGiven,
): Promise<ConnectedSource> {
  const changed = await context.database.transaction(async (sql) => {
    const connections = await connectionsOf(sql, reach.workspaceId, name)
    const here = connections.find(({ space_id }) => space_id === spaceId)
    if (!here) throw unknownSource()
    if (reach.spaceId !== null && connections.length > 1) throw feedsOthers()
    const sourceClass = given.class ?? here.class
    if (sourceClass === 'server' && (await hasLivePublicKeys(sql, reach.workspaceId, name, context.now()))) {
      throw new ControlFault('source.public_keys', 'this source has public keys in use: revoke them first')
    }
    const isMoved = sourceClass !== here.class
    const trust = trustOf(sourceClass, given.trust ?? (isMoved ? undefined : here.trust))
    for (const connection of connections) {
      await lockSpace(sql, connection.space_id)
      await saveSource(sql, { ...connection, class: sourceClass, trust })
    }
    await appendAudit(sql, spaceId, {
      at: context.now(),
      actor,
      action: 'source.change',
      object: name,
      details: { class: sourceClass, trust, spaces: connections.map(({ space_id }) => space_id) },
    })
    const affected: string[] = []
    for (const { space_id } of connections) if (await hasRecordsOf(sql, space_id, name)) affected.push(space_id)
    return { source: { ...here, class: sourceClass, trust }, affected }
  })
  for (const affected of changed.affected) await resolveAgain(context, affected, actor, `source ${name} changed`)
  return changed.source
}

/** The source feeds this space no more. Its records stay; keys of it go on feeding other spaces. */
export async function disconnect(
  { database, now }: Pick<ControlContext, 'database' | 'now'>,
  actor: string,
  spaceId: string,
  name: string,
): Promise<void> {
  await database.transaction(async (sql) => {
    await lockSpace(sql, spaceId)
    if (!(await findSource(sql, spaceId, name))) throw unknownSource()
    await disconnectSource(sql, spaceId, name)
    await appendAudit(sql, spaceId, { at: now(), actor, action: 'source.disconnect', object: name, details: {} })
  })
}

/** Reads and resolves everything stored in a space anew, with the ruleset it has. */
export async function resolveAgain(
  { database, engine }: Pick<ControlContext, 'database' | 'engine'>,
  spaceId: string,
  actor: string,
  note: string,
): Promise<void> {
  const [space] = await database.all<{ ruleset_version: number }>(
    'SELECT ruleset_version FROM spaces WHERE space_id = ?',
    [spaceId],
  )
  const body = space && (await rulesetBody(database, spaceId, space.ruleset_version))
  if (body) await engine.publish(spaceId, body, actor, note)
}

/** A source nobody named counts as server and trusted: connecting it as anything stricter changes what its records say. */
export async function hasStricterPast(sql: Sql, source: ConnectedSource): Promise<boolean> {
  const isStricter = source.class === 'public' || source.trust === 'untrusted'
  return isStricter && hasRecordsOf(sql, source.space_id, source.source)
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
