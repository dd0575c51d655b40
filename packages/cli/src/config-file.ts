import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { UsageFault } from './exit-code.ts'
import { whyUnreadable } from './ruleset-file.ts'
import { plainText } from './terminal/terminal.ts'

/** What a configuration file may say; the names are those of the environment. */
export const configNames = ['DATABASE_URL', 'DATABASE_URL_FILE', 'HOST', 'PORT', 'PUBLIC_URL', 'LOG_LEVEL'] as const

/**
 * Takes settings from a file of `NAME=value` lines where the environment has none: flags come before the environment, the
 * environment before the file, the file before what is built in. Throws `UsageFault`.
 */
export function takeConfigFile(file: string, env: NodeJS.ProcessEnv): void {
  const settings = parseEnv(read(file))
  const unknown = Object.keys(settings).filter((name) => !configNames.some((known) => known === name))
  if (unknown.length > 0) {
    throw new UsageFault(
      'usage.option',
      `${plainText(file)} sets ${unknown.map(plainText).join(', ')}, which is not known; it may set ${configNames.join(', ')}`,
    )
  }
  const hasDatabase = env['DATABASE_URL'] !== undefined || env['DATABASE_URL_FILE'] !== undefined
  for (const name of configNames) {
    const isDatabase = name.startsWith('DATABASE_URL')
    const value = settings[name]
    if (value === undefined || env[name] !== undefined || (isDatabase && hasDatabase)) continue
    env[name] = value
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageFault('usage.option', `cannot read the configuration ${plainText(file)}: ${whyUnreadable(error)}`)
  }
}
