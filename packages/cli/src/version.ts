import { readFileSync } from 'node:fs'

let known: string | null = null

/** Version of the package this program came in. */
export function engineVersion(): string {
  // From src/ and from dist/ alike the package is one folder up.
  const read = () =>
    (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string })
      .version
  known ??= read()
  return known
}
