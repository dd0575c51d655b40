import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium as playwright, type Browser } from 'playwright-core'

/** A headless Chromium that asks nobody for anything. */
export async function launchBrowser(): Promise<Browser> {
  return launch(await chromiumPath())
}

/**
 * The same browser in a network namespace of its own, where there is not even a loopback. null: this machine lets nobody make
 * one, and why is printed.
 */
export async function launchWithoutNetwork(folder: string): Promise<Browser | null> {
  const { status, stderr } = spawnSync('unshare', ['-rn', 'true'], { encoding: 'utf8' })
  if (status !== 0) {
    process.stdout.write(`no namespace without a network on this machine: ${(stderr ?? 'no unshare').trim()}\n`)
    return null
  }
  const wrapper = join(folder, 'chromium-without-network')
  writeFileSync(wrapper, `#!/bin/sh\nexec unshare -rn '${await chromiumPath()}' "$@"\n`)
  chmodSync(wrapper, 0o755)
  return launch(wrapper)
}

async function chromiumPath(): Promise<string> {
  // Where the system lacks the libraries that Chromium needs, the package brings its own; it decides on import.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x'
  const { default: chromium } = await import('@sparticuz/chromium')
  return chromium.executablePath()
}

function launch(executablePath: string): Promise<Browser> {
  return playwright.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  })
}
