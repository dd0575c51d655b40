import { Command, CommanderError, Option } from 'commander'
import { auditCommand } from './commands/audit.ts'
import { backupCommand, restoreCommand } from './commands/backup.ts'
import { demoCommand } from './commands/demo.ts'
import { dbCommand, doctorCommand } from './commands/doctor.ts'
import { exportCommand } from './commands/export.ts'
import { explainCommand } from './commands/explain.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { resolveCommand } from './commands/resolve.ts'
import { rulesetCommand } from './commands/ruleset.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { sourcesCommand } from './commands/sources.ts'
import { spacesCommand } from './commands/spaces.ts'
import { usersCommand } from './commands/users.ts'
import { cliErrors, type CliErrorCode } from './cli-errors.ts'
import { takeConfigFile } from './config-file.ts'
import { UsageFault, type ExitCode } from './exit-code.ts'
import { Stopped } from './stop-signal.ts'
import { plainText, type Terminal } from './terminal/terminal.ts'
import { engineVersion } from './version.ts'

/** Runs one command. Never throws: what goes wrong is told on standard error, and becomes the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const result: { code: ExitCode } = { code: 0 }
  const program = buildProgram(terminal, (code) => {
    result.code = code
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return result.code
  } catch (error) {
    return exitCodeOf(error, terminal)
  }
}

function buildProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('selfsame')
    .description(
      'Recognises the same customer across files: records in, one profile per person out, every decision explained.',
    )
    .version(engineVersion(), '-V, --version')
    .helpCommand('help [command]', 'show the help of a command')
    .addOption(
      new Option('--config <FILE>', 'take settings from a file of NAME=value lines, where the environment has none')
        .env('SELFSAME_CONFIG')
        .argParser((file: string) => {
          takeConfigFile(file, process.env)
          return file
        }),
    )
    .showSuggestionAfterError(true)
    .addHelpText('after', closingHelp)
  for (const command of [
    resolveCommand(terminal, finish),
    explainCommand(terminal, finish),
    rulesetCommand(terminal, finish),
    simulateCommand(terminal, finish),
    demoCommand(terminal, finish),
    serveCommand(terminal, finish),
    keysCommand(terminal, finish),
    usersCommand(terminal, finish),
    spacesCommand(terminal, finish),
    sourcesCommand(terminal, finish),
    importCommand(terminal, finish),
    exportCommand(terminal, finish),
    auditCommand(terminal, finish),
    backupCommand(terminal, finish),
    restoreCommand(terminal, finish),
    doctorCommand(terminal, finish),
    dbCommand(terminal, finish),
  ]) {
    program.addCommand(command)
  }
  inherit(program, terminal)
  return program
}

/** Commands made elsewhere do not take these settings over by being added. */
function inherit(command: Command, terminal: Terminal): void {
  command.exitOverride()
  command.configureOutput({
    writeOut: terminal.out,
    writeErr: terminal.note,
    outputError: (text, write) => write(text.replace(/^error: /, 'selfsame: ')),
    getOutHasColors: () => terminal.outColors.isColorSupported,
    getErrHasColors: () => terminal.noteColors.isColorSupported,
  })
  command.showHelpAfterError(
    `(selfsame ${command.name() === 'selfsame' ? '' : `${commandPath(command)} `}--help says more)`,
  )
  for (const child of command.commands) inherit(child, terminal)
}

function commandPath(command: Command): string {
  return command.parent && command.parent.name() !== 'selfsame'
    ? `${command.parent.name()} ${command.name()}`
    : command.name()
}

function exitCodeOf(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode('usage.command')
  if (error instanceof Stopped) {
    terminal.note('selfsame: stopped; nothing was written\n')
    return exitCode('command.stopped')
  }
  if (error instanceof UsageFault) {
    if (!error.shown) terminal.note(`selfsame: ${plainText(error.message)} [${error.code}]\n`)
    return exitCode(error.code)
  }
  const message = error instanceof Error ? error.message : String(error)
  terminal.note(`selfsame: failed: ${plainText(message.split('\n')[0] ?? '')}\n`)
  if (process.env['SELFSAME_DEBUG'] && error instanceof Error) terminal.note(`${error.stack}\n`)
  return exitCode('command.failed')
}

function exitCode(code: CliErrorCode): ExitCode {
  return cliErrors[code].exitCode
}

const closingHelp = `
Examples:
  selfsame resolve crm.csv shop.parquet events.jsonl.gz
  selfsame explain crm:1042 shop:ORD-77120
  selfsame ruleset check rules.yaml

Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 stopped with ^C.
Data goes to standard output, everything else to standard error. NO_COLOR and FORCE_COLOR are honoured.`
