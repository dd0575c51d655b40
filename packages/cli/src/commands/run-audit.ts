import { readFileSync } from 'node:fs'
import { auditCheckpoint, verifyAudit, type AuditCheckpoint } from '@selfsame/store'
import { UsageFault, type ExitCode } from '../exit-code.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { inWorkspace } from '../workspace.ts'
import type { AuditFlags } from './audit.ts'

export async function printCheckpoint(flags: AuditFlags, terminal: Terminal): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, space }) => {
    const { space_id: spaceId, name } = await space(flags.space)
    terminal.out(`${JSON.stringify({ space: name, ...(await auditCheckpoint(database, spaceId)) })}\n`)
  })
}

export async function verifyAuditOf(
  flags: AuditFlags & { readonly checkpoints?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  return inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, space }) => {
    const { space_id: spaceId, name } = await space(flags.space)
    const checkpoints = flags.checkpoints === undefined ? [] : readCheckpoints(flags.checkpoints, name)
    const verdict = await verifyAudit(database, spaceId, checkpoints)
    if (verdict.ok) {
      const through = checkpoints.length === 0 ? '' : ` and goes through ${checkpoints.length} checkpoints`
      terminal.out(`the audit log of ${plainText(name)} is whole: ${verdict.entries} entries${through}\n`)
      return 0
    }
    terminal.out(`the audit log of ${plainText(name)} is not whole: entry ${verdict.seq} is ${verdict.because}\n`)
    return 1
  })
}

/** The checkpoints of one space; a file may hold those of several. */
function readCheckpoints(file: string, space: string): readonly AuditCheckpoint[] {
  const lines = textOf(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.flatMap((line, index): AuditCheckpoint[] => {
    const found = checkpointOf(line)
    if (found) return found.space === space ? [found] : []
    throw new UsageFault('usage.option', `${plainText(file)}, line ${index + 1}, is no checkpoint`)
  })
}

function checkpointOf(line: string): (AuditCheckpoint & { readonly space: string }) | null {
  try {
    const { space, seq, hash } = JSON.parse(line) as Record<string, unknown>
    return typeof space === 'string' && typeof seq === 'number' && typeof hash === 'string'
      ? { space, seq, hash }
      : null
  } catch {
    return null
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new UsageFault('usage.option', `${plainText(file)} cannot be read`)
  }
}
