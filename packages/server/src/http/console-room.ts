import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

interface ConsoleFile {
  readonly type: string
  readonly bytes: Buffer
  readonly tag: string
  /** Made when it is first asked for. */
  zipped: Buffer | null
}

/**
 * The console at `/admin/…`: the files of its build, and its page for every other address under it, so that a view can be
 * linked. The page brings a nonce for the style elements that the components make; scripts come from this server alone.
 */
export function consoleRoom(app: FastifyInstance, folder: string | null = findConsole()): void {
  const files = folder === null ? new Map<string, ConsoleFile>() : filesIn(folder)
  const page = files.get('index.html')?.bytes.toString('utf8') ?? null
  const serve = (request: FastifyRequest, reply: FastifyReply) => {
    const path = (request.url.split('?')[0] ?? '').replace(/^\/admin\/?/, '')
    const file = path === 'index.html' ? undefined : files.get(path)
    if (file) return sendFile(request, reply, path, file)
    if (/^assets\/|\.(?:js|css|svg|woff2)$/.test(path)) return reply.callNotFound()
    if (page === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
    const nonce = randomBytes(18).toString('base64')
    return reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('content-security-policy', policyWith(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replace('__NONCE__', nonce))
  }
  for (const url of ['/admin', '/admin/*']) app.get(url, { schema: { hide: true } }, serve)
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/admin/'))
}

function sendFile(request: FastifyRequest, reply: FastifyReply, path: string, file: ConsoleFile): FastifyReply {
  // Names under assets/ carry a hash of what they hold.
  const isForever = path.startsWith('assets/')
  reply
    .header('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', file.tag)
    .header('vary', 'accept-encoding')
    .type(file.type)
  if (request.headers['if-none-match'] === file.tag) return reply.code(304).send()
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!takesGzip || !/^(?:text|image\/svg)/.test(file.type)) return reply.send(file.bytes)
  file.zipped ??= gzipSync(file.bytes, { level: 9 })
  return reply.header('content-encoding', 'gzip').send(file.zipped)
}

function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
}

const notBuilt = 'The console is not built here: npm start builds it, as does npm run build:console.\n'

/** Beside the bundle, as the package carries it, or where the workspace builds it. */
export function findConsole(): string | null {
  const places = [join(import.meta.dirname, 'console'), join(import.meta.dirname, '..', '..', '..', 'console', 'dist')]
  return places.find((place) => existsSync(join(place, 'index.html'))) ?? null
}

function filesIn(folder: string): ReadonlyMap<string, ConsoleFile> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    paths.map((path) => {
      const bytes = readFileSync(path)
      const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
      const type = types[extname(path)] ?? 'application/octet-stream'
      return [relative(folder, path).split(sep).join('/'), { type, bytes, tag, zipped: null }]
    }),
  )
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
}
