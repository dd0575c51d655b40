import { beforeAll, describe, expect, it } from 'vitest'
import { selfsame } from './cli.ts'
import { commandsOf, page, pages } from './pages.ts'

interface Help {
  readonly options: readonly string[]
  readonly commands: readonly string[]
}

const helpByCommand = new Map<string, Help>()
const reference = page('docs/reference/command-line.md')

beforeAll(async () => {
  await learn([])
})

describe('command-line.md', () => {
  it('has a place for every command', () => {
    const named = [...helpByCommand.keys()].filter((command) => command !== '')
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter((command) => !reference.includes(`${command}`))).toEqual([])
  })

  it('lists the options of every command, and no others', () => {
    const known = [...helpByCommand.values()].flatMap(({ options }) => options)
    const listed = [...reference.matchAll(/`(?:-\w, )?(--[a-z-]+)/g)].map((match) => match[1] ?? '')
    expect(sorted(listed)).toEqual(sorted(known))
  })
})

describe('commands on pages', () => {
  it('exist, with the options they are given', () => {
    const commands = pages().flatMap(({ path, text }) =>
      commandsOf(text)
        .filter((command) => command.startsWith('npx selfsame '))
        .map((command) => ({ path, command })),
    )
    expect(commands.length).toBeGreaterThan(10)
    const faults = commands.filter(
      ({ command }) => !isKnown(command.replace(/^npx selfsame /, '').split(/ [|<>] /)[0] ?? ''),
    )
    expect(faults).toEqual([])
  })
})

function isKnown(command: string): boolean {
  const words = command.split(' ')
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((candidate) => helpByCommand.has(candidate))
  const help = name === undefined ? undefined : helpByCommand.get(name)
  const options = words.filter((word) => word.startsWith('--'))
  return (
    help !== undefined &&
    (help.commands.length === 0 || name === words.slice(0, 2).join(' ')) &&
    options.every((option) => help.options.includes(option))
  )
}

/** Reads the help of a command and of those below it. */
async function learn(command: readonly string[]): Promise<void> {
  const { code, stdout } = await selfsame([...command, '--help'])
  if (code !== 0) throw new Error(`selfsame ${command.join(' ')} --help exits with ${code}`)
  const options = [...section(stdout, 'Options:').matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(
    (match) => match[1] ?? '',
  )
  const commands = [...section(stdout, 'Commands:').matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1] ?? '')
  const below = commands.filter((name) => name !== 'help')
  helpByCommand.set(command.join(' '), {
    options: options.filter((option) => option !== '--help' && option !== '--version'),
    commands: below,
  })
  for (const name of below) await learn([...command, name])
}

function section(help: string, title: string): string {
  const start = help.indexOf(`\n${title}\n`)
  if (start < 0) return ''
  const body = help.slice(start + title.length + 2)
  const end = body.search(/^\S/m)
  return end < 0 ? body : body.slice(0, end)
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort()
}
