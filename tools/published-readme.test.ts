import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { carried } from './carried.ts'
import { publishedReadme } from './published-readme.ts'

const root = join(import.meta.dirname, '..')

describe('the README that is published', () => {
  it('names the path of what the registry could not follow', () => {
    expect(
      publishedReadme(
        'See [the\nguide](docs/a.md#part), [`examples/`](examples/), [npm](https://x.example) and [below](#why).',
      ),
    ).toBe('See the\nguide (`docs/a.md`), `examples/`, [npm](https://x.example) and [below](#why).')
  })
  it('links to nothing but other sites and its own headings, and names only what the package carries', () => {
    const text = publishedReadme(readFileSync(join(root, 'README.md'), 'utf8'))
    const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '')
    expect(targets.filter((target) => !/^(?:https:|#)/.test(target))).toEqual([])
    const named = [...text.matchAll(/`((?:docs|examples)\/[^`]*|[A-Z]+\.md|LICENSE)`/g)].map(([, path]) => path ?? '')
    expect(named.length).toBeGreaterThan(10)
    for (const path of named) {
      expect(existsSync(join(root, path)), path).toBe(true)
      expect(
        carried.some((name) => path === name || path.startsWith(`${name}/`)),
        path,
      ).toBe(true)
    }
  })
})
