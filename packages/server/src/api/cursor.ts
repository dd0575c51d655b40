import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { secretOf, type Database, type PageKey } from '@selfsame/store'
import { Problem } from '../http/problem.ts'

/**
 * Cursors are sealed with a secret of their space: they tell nothing about the keys inside, which may be somebody's address, and
 * open only in the space and for the question they were made for.
 */
export interface Cursors {
  seal(spaceId: string, question: string, key: PageKey | null): Promise<string | null>
  /** Throws the problem `cursor.invalid`. */
  open(spaceId: string, question: string, cursor: string | undefined): Promise<PageKey | null>
}

interface SpaceKeys {
  readonly sealing: Uint8Array
  readonly naming: Uint8Array
}

const nonceBytes = 12
const tagBytes = 16

export function spaceCursors(database: Database): Cursors {
  const known = new Map<string, SpaceKeys>()
  const keysOf = async (spaceId: string): Promise<SpaceKeys> => {
    const found = known.get(spaceId)
    if (found) return found
    const space = await secretOf(database, spaceId)
    if (space === null) throw new Problem('space.unknown', 'there is no such space')
    // What a cursor counts may mean something else in a restored backup: whoever follows begins anew.
    const generation = space.restored_at === null ? '' : ` since ${space.restored_at}`
    const derive = (purpose: string) =>
      new Uint8Array(hkdfSync('sha256', space.secret, '', `cursor ${purpose}${generation}`, 32))
    const keys = { sealing: derive('sealing'), naming: derive('naming') }
    known.set(spaceId, keys)
    return keys
  }
  return {
    seal: async (spaceId, question, key) =>
      key === null ? null : sealWith(await keysOf(spaceId), boundTo(spaceId, question), JSON.stringify(key)),
    open: async (spaceId, question, cursor) => {
      if (cursor === undefined) return null
      const text = openWith(await keysOf(spaceId), boundTo(spaceId, question), cursor)
      if (text === null) throw new Problem('cursor.invalid', 'the cursor is not one of this question in this space')
      return JSON.parse(text) as PageKey
    },
  }
}

function boundTo(spaceId: string, question: string): Buffer {
  return Buffer.from(JSON.stringify([spaceId, question]))
}

/** The nonce is a keyed hash of what is sealed: the same page always has the same cursor, and no nonce comes for two texts. */
function sealWith({ sealing, naming }: SpaceKeys, bound: Buffer, text: string): string {
  const nonce = nonceOf(naming, bound, text)
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
  cipher.setAAD(bound)
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

function openWith({ sealing, naming }: SpaceKeys, bound: Buffer, cursor: string): string | null {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length < nonceBytes + tagBytes) return null
  const nonce = bytes.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', sealing, nonce)
  decipher.setAAD(bound)
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    const body = bytes.subarray(nonceBytes, bytes.length - tagBytes)
    const text = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    return timingSafeEqual(nonce, nonceOf(naming, bound, text)) ? text : null
  } catch {
    return null
  }
}

function nonceOf(naming: Uint8Array, bound: Buffer, text: string): Buffer {
  const hash = createHmac('sha256', naming).update(`${bound.length}:`).update(bound).update(text, 'utf8').digest()
  return hash.subarray(0, nonceBytes)
}
