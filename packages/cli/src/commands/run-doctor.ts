import {
  damagedPlaces,
  DatabaseUrlFault,
  examineDatabase,
  migrate,
  openDatabase,
  SchemaTooNew,
  StoreUnavailable,
  type Finding,
} from '@selfsame/store'
import { databaseUrlOf, sqlitePathOf } from '../database-address.ts'
import { UsageFault, type ExitCode } from '../exit-code.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { checkFileIsThere } from '../workspace.ts'
import type { DoctorFlags } from './doctor.ts'

export async function runDoctor(flags: DoctorFlags, terminal: Terminal): Promise<ExitCode> {
  const url = databaseUrlOf(flags.database)
  checkFileIsThere(url)
  const findings: Finding[] = []
  const tell = (finding: Finding) => {
    findings.push(finding)
    if (flags.json === true) return
    const { noteColors: colors } = terminal
    const sign = finding.ok ? colors.green('ok   ') : colors.red('WRONG')
    terminal.out(`${sign} ${plainText(finding.what)}: ${plainText(finding.found)}\n`)
  }
  try {
    const path = sqlitePathOf(url)
    const damage = path === null ? [] : damagedPlaces(path)
    for (const place of damage) tell({ ok: false, what: 'file', found: place })
    if (path !== null && damage.length === 0) tell({ ok: true, what: 'file', found: 'whole' })
    if (damage.length === 0) await inOpened(url, (finding) => tell(finding))
  } catch (error) {
    throw asUsage(error)
  }
  if (flags.json === true) terminal.out(`${JSON.stringify(findings, null, 2)}\n`)
  const isWell = findings.every(({ ok }) => ok)
  if (!isWell) terminal.note('something is wrong; the newest backup that is well is the way back (selfsame restore)\n')
  return isWell ? 0 : 1
}

async function inOpened(url: string, tell: (finding: Finding) => void): Promise<void> {
  const database = openDatabase(url)
  try {
    for await (const finding of examineDatabase(database)) tell(finding)
  } finally {
    await database.close()
  }
}

export async function runMigrate(given: string, terminal: Terminal): Promise<void> {
  try {
    const database = openDatabase(databaseUrlOf(given))
    try {
      const { from, to } = await migrate(database, Date.now())
      terminal.note(
        from === to ? `the schema is version ${to} already\n` : `the schema went from version ${from} to ${to}\n`,
      )
    } finally {
      await database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}

function asUsage(error: unknown): unknown {
  if (error instanceof DatabaseUrlFault || error instanceof SchemaTooNew)
    return new UsageFault('database.not_usable', error.message)
  if (error instanceof StoreUnavailable)
    return new UsageFault('database.unreachable', `the database cannot be used now (${error.reason})`)
  return error
}
