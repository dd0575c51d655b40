import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseRuleset, ruleInEnglish } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { codeBlocks, commandsOf, page, pages, root } from './pages.ts'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

describe('pages', () => {
  it('every link inside the repository leads somewhere', () => {
    const dead = pages().flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !/^(https?:|mailto:|#)/.test(target))
        .filter((target) => !existsSync(join(root, dirname(path), target.replace(/#.*$/, ''))))
        .map((target) => `${path} → ${target}`),
    )
    expect(dead).toEqual([])
  })

  it('every npm script that a page names exists', () => {
    const named = pages().flatMap(({ path, text }) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => ({ path, script: match[1] ?? '' })),
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([])
  })

  it('the first screen of the README shows the two commands', () => {
    const firstScreen = page('README.md').split('\n').slice(0, 45).join('\n')
    expect(commandsOf(firstScreen)).toEqual(['npm ci', 'npm run demo', 'npm ci', 'npm test'])
  })

  it('every ruleset on a page has no fault', () => {
    const rulesets = pages().flatMap(({ path, text }) =>
      codeBlocks(text)
        .filter(({ language, code }) => language === 'yaml' && code.startsWith('version:'))
        .map((block) => ({ path, ...block })),
    )
    expect(rulesets.length).toBeGreaterThan(3)
    const faults = rulesets.flatMap(({ path, line, code }) => {
      const result = parseRuleset(code)
      return result.ok
        ? []
        : result.issues.map((issue) => `${path}:${line + issue.line} ${issue.path} ${issue.message}`)
    })
    expect(faults).toEqual([])
  })

  it('the README renders its ruleset as the program does', () => {
    const readme = page('README.md')
    const result = parseRuleset(codeBlocks(readme).find(({ language }) => language === 'yaml')?.code ?? '')
    if (!result.ok) throw new Error('the ruleset of the README has faults')
    const sentences = result.ruleset.rules.map((rule) => `*${ruleInEnglish(rule, result.ruleset)}*`)
    expect(readme).toContain(sentences.join(' · '))
  })

  it('no page names a place on somebody’s machine', () => {
    const found = pages()
      .filter(({ text }) => /\/(home|Users|work|root)\/\w/.test(text))
      .map(({ path }) => path)
    expect(found).toEqual([])
  })
})
