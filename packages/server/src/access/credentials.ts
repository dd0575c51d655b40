import type { IncomingHttpHeaders } from 'node:http'

/** What of a request tells who asks. */
export interface AccessRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** As the client sees it: behind a proxy that is trusted, what the proxy says. */
  readonly protocol: string
  /** Name and port, as in the Host header. */
  readonly host: string
  /** `writeKey` of the body, where the body was read. */
  readonly writeKey?: string | null
}

/** The key of a request: `Authorization: Basic` (the key is the user name), `Bearer`, else `writeKey` in the body. */
export function keyOfRequest({ headers, writeKey }: Pick<AccessRequest, 'headers' | 'writeKey'>): string | null {
  const match = /^(basic|bearer) +(\S+) *$/i.exec(headers.authorization ?? '')
  const [, scheme, value] = match ?? []
  if (scheme !== undefined && value !== undefined) {
    const text = scheme.toLowerCase() === 'bearer' ? value : userNameOf(value)
    if (text !== '') return text
  }
  return writeKey != null && writeKey !== '' ? writeKey : null
}

/** Signing in goes over https, or over plain http on the machine itself. */
export type CookieName = '__Host-selfsame_session' | 'selfsame_session'

/** Name of the session's cookie for this address; null: it is plain http to another machine, where nobody signs in. */
export function cookieNameFor({ protocol, host }: Pick<AccessRequest, 'protocol' | 'host'>): CookieName | null {
  if (protocol === 'https') return '__Host-selfsame_session'
  return isLoopback(host) ? 'selfsame_session' : null
}

/** The session's token; null: there is none, or it came over plain http from elsewhere. */
export function sessionTokenOf(request: AccessRequest): string | null {
  const name = cookieNameFor(request)
  if (name === null) return null
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null
  }
  return null
}

/** The `Set-Cookie` header of a session; an empty token takes the cookie away. */
export function sessionCookie(name: CookieName, token: string, secondsToLive: number): string {
  const secure = name === '__Host-selfsame_session' ? '; Secure' : ''
  const lasts = token === '' ? 0 : secondsToLive
  return `${name}=${token}; Path=/; Max-Age=${lasts}; HttpOnly; SameSite=Strict${secure}`
}

/** Whether the page that sent a request is one of ours. A browser names it on every write. */
export function isOwnOrigin({ headers, protocol, host }: AccessRequest): boolean {
  return headers.origin === `${protocol}://${host}`
}

function userNameOf(encoded: string): string {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? text : text.slice(0, colon)
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}
