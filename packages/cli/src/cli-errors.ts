import type { ExitCode } from './exit-code.ts'

/** What can keep a command from being done: one catalogue, which `docs/reference/errors.md` lists too. */
export interface CliErrorEntry {
  readonly exitCode: Exclude<ExitCode, 0>
  readonly title: string
  /** Whether the same command may succeed later. */
  readonly retry: boolean
}

export const cliErrors = {
  'usage.command': { exitCode: 2, title: 'There is no such command or option, or one is missing', retry: false },
  'usage.option': { exitCode: 2, title: 'An option has a value that it does not take', retry: false },
  'usage.no_input': { exitCode: 2, title: 'No file was named', retry: false },
  'usage.record_name': { exitCode: 2, title: 'A record is not named as SOURCE:KEY', retry: false },
  'run.not_started': { exitCode: 2, title: 'Inputs, output or memory keep the run from starting', retry: false },
  'run.none_there': { exitCode: 2, title: 'The folder is not that of a run', retry: false },
  'run.other_release': { exitCode: 2, title: 'Another release wrote the run', retry: false },
  'run.damaged': { exitCode: 2, title: 'Files of the run are damaged', retry: false },
  'run.unknown_record': { exitCode: 2, title: 'The run has no such record or source', retry: false },
  'ruleset.unreadable': { exitCode: 2, title: 'The ruleset cannot be read as text', retry: false },
  'ruleset.faulty': { exitCode: 2, title: 'The ruleset has faults', retry: false },
  'output.not_writable': { exitCode: 2, title: 'The file cannot be written there', retry: false },
  'database.none_there': { exitCode: 2, title: 'There is no database at that place', retry: false },
  'database.not_usable': { exitCode: 2, title: 'It is no database, or not one that this release opens', retry: false },
  'database.unreachable': { exitCode: 2, title: 'The database cannot be reached', retry: true },
  'server.port_taken': { exitCode: 2, title: 'Another program listens on the port', retry: true },
  'workspace.unknown_name': { exitCode: 2, title: 'There is nothing of that name in the workspace', retry: false },
  'workspace.refused': { exitCode: 2, title: 'The workspace does not take the change', retry: false },
  'command.failed': { exitCode: 1, title: 'It failed, and you could not have known', retry: true },
  'command.stopped': { exitCode: 130, title: 'It was stopped', retry: true },
} as const satisfies Record<string, CliErrorEntry>

export type CliErrorCode = keyof typeof cliErrors
