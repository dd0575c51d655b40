import { createSpace, findWorkspace } from '@selfsame/store'
import type { LiveServer } from './live-server.ts'

export interface FoundProfile {
  readonly profileId: string
  readonly recordCount: number
  readonly sourceCount: number
}

/** A space of its own on a running server, worked with through HTTP alone. */
export interface LivePeople {
  readonly spaceId: string
  /** The name of a source as this space has it: sources belong to their workspace. */
  source(name: string): string
  /** Sends events one after the other, by the key of a server unless told otherwise; the profiles that they reached. */
  send(name: string, ...events: readonly object[]): Promise<readonly (string | null)[]>
  sendPublic(name: string, ...events: readonly object[]): Promise<readonly { readonly status: number }[]>
  rows(name: string, ...rows: readonly object[]): Promise<void>
  publish(ruleset: string): Promise<void>
  profiles(): Promise<readonly FoundProfile[]>
  /** Ids of the profiles that hold a value, however it is typed. */
  lookup(value: string, type?: string): Promise<readonly string[]>
  profile(id: string): Promise<Readonly<Record<string, unknown>> & { readonly fields: readonly Field[] }>
  events(id: string): Promise<readonly { readonly source: string; readonly key: string }[]>
  candidates(): Promise<readonly { readonly reason: string; readonly seenCount: number }[]>
  get(path: string): Promise<Readonly<Record<string, unknown>>>
}

interface Field {
  readonly field: string
  readonly value: unknown
}

let spaces = 0

export async function openPeople(server: LiveServer): Promise<LivePeople> {
  const number = ++spaces
  const workspaceId = (await findWorkspace(server.database)) ?? ''
  const spaceId = await createSpace(server.database, workspaceId, `people-${number}`, 'tester', Date.now())
  const manager = await server.apiKey('manager', spaceId)
  const keys = new Map<string, string>()
  let messages = 0
  const keyOf = async (name: string, keyClass: 'server' | 'public'): Promise<string> => {
    const source = `${name}${number}`
    const known = keys.get(source)
    if (known !== undefined) return known
    const key = await server.writeKey(source, { class: keyClass, mayView: keyClass === 'server' }, spaceId)
    keys.set(source, key)
    return key
  }
  const bodyOf = (event: object) => ({ messageId: `m${number}-${messages++}`, event: 'Seen', ...event })
  const get = async (path: string) => {
    const { status, body } = await server.get(`/api/v1${path}`, manager)
    if (status !== 200) throw new Error(`${path} is answered with ${status}`)
    return body as Readonly<Record<string, unknown>>
  }
  const items = async <Item>(path: string) => (await get(path))['items'] as readonly Item[]
  const post = async (path: string, body: object) => {
    const answer = await server.post(`/api/v1${path}`, manager, body)
    if (answer.status !== 200)
      throw new Error(`${path} is answered with ${answer.status} ${String(answer.body['code'])}`)
    return answer.body as Readonly<Record<string, unknown>>
  }
  return {
    spaceId,
    source: (name) => `${name}${number}`,
    send: async (name, ...events) => {
      const key = await keyOf(name, 'server')
      const reached: (string | null)[] = []
      for (const event of events) {
        const { body } = await server.post('/v1/signals?wait=true', key, bodyOf(event))
        if (body['accepted'] !== 1) throw new Error(`an event was not taken: ${JSON.stringify(body)}`)
        reached.push((body as { readonly profileId?: string | null }).profileId ?? null)
      }
      return reached
    },
    sendPublic: async (name, ...events) => {
      const key = await keyOf(name, 'public')
      const answers: { status: number }[] = []
      for (const event of events) answers.push(await server.post('/v1/signals', key, bodyOf(event)))
      return answers
    },
    rows: async (name, ...rows) => {
      const { body } = await server.post(`/v1/records/${name}${number}`, await keyOf(name, 'server'), rows)
      if (body['rejected'] !== 0) throw new Error(`a row was not taken: ${JSON.stringify(body)}`)
    },
    publish: async (text) => {
      await post('/rulesets/publish', { yaml: text })
    },
    profiles: async () => {
      const found = (await post('/profiles/search', { query: '', limit: 1000 }))['items']
      return (found as readonly { readonly profile: FoundProfile }[]).map(({ profile }) => profile)
    },
    lookup: async (value, type) => {
      const found = (await post('/profiles/lookup', { value, ...(type !== undefined && { type }) }))['items']
      const ids = (found as readonly { readonly profile: FoundProfile }[]).map(({ profile }) => profile.profileId)
      return [...new Set(ids)]
    },
    profile: async (id) => (await get(`/profiles/${id}`)) as never,
    events: (id) => items(`/profiles/${id}/events?limit=1000`),
    candidates: () => items('/candidates'),
    get,
  }
}
