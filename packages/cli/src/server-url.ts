import { UsageFault } from './exit-code.ts'

/** An http or https address without a path. Throws `UsageFault`, which names the option. */
export function parseServerUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isWhole = url !== null && /^https?:$/.test(url.protocol) && /^https?:\/\/[^/?#@]+\/?$/.test(text)
  if (isWhole) return url.origin
  throw new UsageFault(
    'usage.option',
    `${option} takes an address without a path, such as https://identity.example.com`,
  )
}
