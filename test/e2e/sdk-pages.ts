import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import { checkout } from './cli-process.ts'

/** A shop's web site: an origin of its own, whose page holds one of the browser libraries. */
export interface Site {
  readonly address: string
  close(): Promise<void>
}

/** Serves an empty page at `/` with a script that puts what `entry` exports under `window.sdk`. */
export async function startSite(entry: string): Promise<Site> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: checkout, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'sdk',
    platform: 'browser',
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.text ?? ''
  const server: Server = createServer((request, response) => {
    const isScript = request.url === '/sdk.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(isScript ? script : '<!doctype html><title>Shop</title><script src="/sdk.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
