import { Command } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface AuditFlags {
  readonly database: string
  readonly space: string
}

export function auditCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('audit')
    .summary('check the audit log of a space')
    .description('Every change and decision has an entry, which carries the hash of the one before it.')
  command
    .command('verify')
    .summary('walk the chain, and name the first entry that is changed or missing')
    .option('--checkpoints <FILE>', 'lines that "audit checkpoint" wrote; the chain must go through them')
    .option('--space <NAME>', 'space, by name or id', 'prod')
    .addOption(databaseOption())
    .action(async (flags: AuditFlags & { readonly checkpoints?: string }) => {
      const { verifyAuditOf } = await import('./run-audit.ts')
      finish(await verifyAuditOf(flags, terminal))
    })
  command
    .command('checkpoint')
    .summary('print how far the log has come, as one line to keep elsewhere')
    .option('--space <NAME>', 'space, by name or id', 'prod')
    .addOption(databaseOption())
    .action(async (flags: AuditFlags) => {
      const { printCheckpoint } = await import('./run-audit.ts')
      await printCheckpoint(flags, terminal)
      finish(0)
    })
  return command.addHelpText('after', examples)
}

const examples = `
Examples:
  selfsame audit checkpoint --space prod >> /somewhere/else/audit.jsonl
  selfsame audit verify --space prod --checkpoints /somewhere/else/audit.jsonl

Exit codes: 0 the chain is whole, 1 it is not, 2 wrong usage.`
