import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

export interface Page {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

export interface CodeBlock {
  readonly language: string
  readonly code: string
  readonly line: number
}

/** Every Markdown page that is written for readers. */
export function pages(): readonly Page[] {
  const paths = [...markdownIn(''), ...markdownBelow('docs'), ...markdownBelow('examples')]
  return paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function page(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

export function codeBlocks(text: string): readonly CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }))
}

/** Commands of the shell blocks, one per line; `&&` parts them too. */
export function commandsOf(text: string): readonly string[] {
  return codeBlocks(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split(/\n|&&/))
    .map((command) => command.trim())
    .filter((command) => command !== '' && !command.startsWith('#'))
}

/** Rows of the Markdown tables under a heading, up to the next heading; cells without their backticks. */
export function tableUnder(text: string, heading: string): readonly (readonly string[])[] {
  const start = text.indexOf(`\n${heading}\n`)
  if (start < 0) throw new Error(`there is no heading ${heading}`)
  const body = text.slice(start + heading.length + 2)
  const end = body.search(/^#/m)
  const lines = (end < 0 ? body : body.slice(0, end)).split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
}

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
}
