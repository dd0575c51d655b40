import { makeWriteKey } from '@selfsame/server'
import { latestRecords } from '@selfsame/store'
import type { Terminal } from '../terminal/terminal.ts'
import { inWorkspace } from '../workspace.ts'
import { lots, makeCustomers } from './people.ts'
import { nextEvent, shopHistory, type ShopCall } from './records.ts'

type Keys = ReadonlyMap<ShopCall['source'], string>

const sources = [
  ['crm', 'server', 'trusted'],
  ['app', 'server', 'trusted'],
  ['support', 'server', 'untrusted'],
  ['newsletter', 'server', 'untrusted'],
  ['web', 'public', 'untrusted'],
] as const

/**
 * Fills the space `dev` of a running server with an invented shop: what happened until now, where the space is empty, and then
 * an event now and again. What comes back stops it.
 */
export async function openShop(address: string, database: string, terminal: Terminal): Promise<() => void> {
  const { keys, isEmpty } = await makeKeys(database, terminal)
  const customers = makeCustomers(customerCount, lots(7))
  if (isEmpty) {
    terminal.note('filling the space dev with the customers of an invented shop …\n')
    for (const call of shopHistory(customers, Date.now(), lots(11))) await send(address, keys, call)
  }
  const draw = lots(Date.now())
  let timer: ReturnType<typeof setTimeout>
  const trickle = () => {
    // A server that stops meanwhile takes nothing more.
    send(address, keys, nextEvent(customers, Date.now(), draw)).catch(() => undefined)
    timer = setTimeout(trickle, 1_500 + draw() * 4_000)
  }
  timer = setTimeout(trickle, 1_000)
  return () => clearTimeout(timer)
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
