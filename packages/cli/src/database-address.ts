import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { UsageFault } from './exit-code.ts'

export const defaultDatabase = 'sqlite:./selfsame.db'

/** `-d, --database`, which every command has that works on the server's database. */
export function databaseOption(): Option {
  return new Option('-d, --database <URL>', 'sqlite:FILE or postgres://…').default(defaultDatabase).env('DATABASE_URL')
}

/** The flag or variable; else what the file of `DATABASE_URL_FILE` holds. */
export function databaseUrlOf(given: string): string {
  const file = process.env['DATABASE_URL_FILE']
  if (given !== defaultDatabase || file === undefined) return given
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new UsageFault('database.none_there', 'the file that DATABASE_URL_FILE names cannot be read')
  }
}

/** The file of an embedded database; null: the address is one of PostgreSQL. */
export function sqlitePathOf(url: string): string | null {
  return /^postgres(ql)?:\/\//.test(url) ? null : url.replace(/^sqlite:(\/\/)?/, '')
}
