/** An answer that is no success, as the server words it. */
export class ApiFault extends Error {
  readonly status: number
  /** Of the catalogue of errors; `network` where nobody answered. */
  readonly code: string
  /** Everything else the problem says. */
  readonly more: Readonly<Record<string, unknown>>
  constructor(status: number, code: string, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'ApiFault'
    this.status = status
    this.code = code
    this.more = more
  }
}

export interface Asked {
  /** Name of the space; null: the route needs none. */
  readonly space?: string | null
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>
  readonly signal?: AbortSignal | undefined
}

let csrfToken = ''

/** Goes with every write from now on. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token
}

/** Asks the public interface, under `/api/v1`. Throws `ApiFault`. */
export async function ask<Answer>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  { space = null, body, query = {}, signal }: Asked = {},
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (space !== null) headers['x-selfsame-space'] = space
  if (method !== 'GET' && csrfToken !== '') headers['x-selfsame-csrf'] = csrfToken
  const response = await fetch(`/api/v1${path}${searchOf(query)}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFault(0, 'network', 'The server did not answer.')
  })
  const text = await response.text()
  const answer: unknown = readJson(text)
  if (response.ok) return answer as Answer
  const { code, detail, title, ...more } = (answer ?? {}) as Readonly<Record<string, unknown>>
  const message = typeof detail === 'string' ? detail : typeof title === 'string' ? title : `status ${response.status}`
  throw new ApiFault(response.status, typeof code === 'string' ? code : 'unknown', message, more)
}

function searchOf(query: NonNullable<Asked['query']>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

function readJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}
