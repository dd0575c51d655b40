import { chromium as playwright, type Browser } from 'playwright-core'

/** A headless Chromium that asks nobody for anything. */
export async function launchBrowser(): Promise<Browser> {
  // Where the system lacks the libraries that Chromium needs, the package brings its own; it decides on import.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x'
  const { default: chromium } = await import('@sparticuz/chromium')
  return playwright.launch({
    executablePath: await chromium.executablePath(),
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
