import { firstUserName, linkUser, makeWriteKey } from '@selfsame/server'
import { latestRecords, userOfName } from '@selfsame/store'
import type { Terminal } from '../terminal/terminal.ts'
import { inWorkspace, type Workspace } from '../workspace.ts'
import { lots, makeCustomers } from './people.ts'
import { nextEvent, shopHistory, type ShopCall } from './records.ts'
import type { ShopClock } from './shop-clock.ts'

type Keys = ReadonlyMap<ShopCall['source'], string>

const sources = [
  ['crm', 'server', 'trusted'],
  ['app', 'server', 'trusted'],
  ['till', 'server', 'trusted'],
  ['support', 'server', 'untrusted'],
  ['newsletter', 'server', 'untrusted'],
  ['web', 'public', 'untrusted'],
] as const

export interface OpenShop {
  /** Token of a link to sign in with; null: the shop was there before. */
  readonly signInToken: string | null
  readonly close: () => void
}

/**
 * Fills the space `dev` of a running server with an invented shop: what happened until now, where the space is empty, and then
 * an event now and again.
 */
export async function openShop(
  address: string,
  database: string,
  clock: ShopClock,
  terminal: Terminal,
): Promise<OpenShop> {
  const { keys, isEmpty } = await makeKeys(database, terminal)
  const customers = makeCustomers(customerCount, lots(7))
  if (isEmpty) {
    terminal.note('filling the space dev with the customers of an invented shop …\n')
    for (const { daysAgo, calls } of shopHistory(customers, Date.now(), lots(11))) {
      clock.setBehind(daysAgo * 86_400_000)
      for (const call of calls) await send(address, keys, call)
    }
  }
  clock.setBehind(0)
  // The one of the first start was made in the past, and has ended.
  const signInToken = isEmpty ? await inWorkspace(database, { mayMake: false }, terminal, linkFirstUser) : null
  const draw = lots(Date.now())
  let timer: ReturnType<typeof setTimeout>
  const trickle = () => {
    // A server that stops meanwhile takes nothing more.
    send(address, keys, nextEvent(customers, Date.now(), draw)).catch(() => undefined)
    timer = setTimeout(trickle, 1_500 + draw() * 4_000)
  }
  timer = setTimeout(trickle, 1_000)
  return { signInToken, close: () => clearTimeout(timer) }
}

async function linkFirstUser(workspace: Workspace): Promise<string | null> {
  const { database, workspaceId, actor } = workspace
  const user = await userOfName(database, workspaceId, firstUserName)
  return user && linkUser(workspace, actor, workspaceId, user.user_id)
}

const customerCount = 400

function makeKeys(database: string, terminal: Terminal): Promise<{ readonly keys: Keys; readonly isEmpty: boolean }> {
  return inWorkspace(database, { mayMake: false }, terminal, async (workspace) => {
    const { space_id } = await workspace.space('dev')
    const keys = new Map<ShopCall['source'], string>()
    for (const [source, keyClass, trust] of sources) {
      const given = { source, class: keyClass, ...(keyClass === 'server' && { trust }), label: 'demo' }
      keys.set(source, (await makeWriteKey(workspace, workspace.actor, workspace.reach, space_id, given)).text)
    }
    const { rows } = await latestRecords(workspace.database, space_id, { limit: 1, after: null })
    return { keys, isEmpty: rows.length === 0 }
  })
}

async function send(address: string, keys: Keys, { source, path, body }: ShopCall): Promise<void> {
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.get(source) ?? ''}` },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`the demo's records were refused with status ${response.status}`)
}
