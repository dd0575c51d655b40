import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { looksLikeEvent, readRecordTexts, UserFault, type RunInput } from '@selfsame/batch'
import type { JsonObject } from '@selfsame/core'
import { connectSource, createEngine, importRecords, type ImportProgress, type ImportResult } from '@selfsame/server'
import { UsageFault, type ExitCode } from '../exit-code.ts'
import { checkQuery, isPostgres, withQueriedRows } from '../postgres-input.ts'
import { formatCount } from '../report/numbers.ts'
import { inputOfAssignment, inputOfFile } from '../source-input.ts'
import { Stopped, untilStopped } from '../stop-signal.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { inWorkspace, type Workspace } from '../workspace.ts'
import type { ImportFlags } from './import.ts'

/** Takes one input after the other. What was taken stays taken, also where a later one fails. */
export async function runImport(files: readonly string[], flags: ImportFlags, terminal: Terminal): Promise<ExitCode> {
  const inputs = [...files.map(inputOfFile), ...flags.source.map(inputOfAssignment)]
  if (inputs.length === 0)
    throw new UsageFault('usage.no_input', 'no file was named; try: selfsame import customers.csv --space dev')
  checkQuery(inputs, flags.query)
  const done: { readonly source: string; readonly result: ImportResult }[] = []
  const code = await inWorkspace(flags.database, { mayMake: true }, terminal, async (workspace): Promise<ExitCode> => {
    const engine = createEngine({ database: workspace.database, now: workspace.now })
    try {
      await untilStopped(async (signal) => {
        for (const input of inputs) {
          const result = await importInput(input, flags, { ...workspace, engine }, signal, terminal)
          done.push({ source: input.source, result })
          if (flags.quiet !== true && flags.json !== true) tell(input, result, terminal)
        }
      })
      return 0
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      terminal.note('selfsame: stopped; what was taken stays, and the same command goes on from there\n')
      return 130
    } finally {
      await engine.close()
    }
  })
  if (flags.json === true) {
    terminal.out(
      `${JSON.stringify(
        done.map(({ source, result }) => ({ source, ...result })),
        null,
        2,
      )}\n`,
    )
  }
  return code
}

type Importing = Workspace & { readonly engine: ReturnType<typeof createEngine> }

async function importInput(
  { source: name, path }: RunInput,
  flags: ImportFlags,
  workspace: Importing,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<ImportResult> {
  const { space_id: spaceId } = await workspace.space(flags.space)
  const source = await connectSource(workspace, workspace.actor, workspace.reach, spaceId, name, {
    class: 'server',
    trust: flags.trust,
  })
  const line = progressLine(terminal, flags.quiet !== true)
  const importFile = async (file: string, fingerprint: string | null) => {
    const spillFolder = await mkdtemp(join(tmpdir(), 'selfsame-import-'))
    try {
      return await importRecords(workspace, {
        source,
        actor: workspace.actor,
        kind: flags.as === 'rows' ? 'row' : flags.as === 'events' ? 'event' : 'auto',
        looksLikeEvent: (payload) => looksLikeEvent(payload as JsonObject),
        fingerprint: flags.anew === true ? null : fingerprint,
        read: async (take) => void (await readRecordTexts({ path: file, spillFolder }, take)),
        signal,
        onProgress: line.show,
      })
    } catch (error) {
      throw error instanceof UserFault ? new UsageFault('run.not_started', error.message) : error
    } finally {
      line.clear()
      await rm(spillFolder, { recursive: true, force: true })
    }
  }
  if (isPostgres(path)) return withQueriedRows(path, flags.query ?? '', signal, (file) => importFile(file, null))
  return importFile(path, path === '-' ? null : await fingerprintOf(name, path))
}

/** Of the bytes: a file that has changed begins anew. null: it cannot be read, which the reader says in words. */
async function fingerprintOf(source: string, path: string): Promise<string | null> {
  const hash = createHash('sha256').update(`${source}\n`)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
    return hash.digest('hex').slice(0, 32)
  } catch {
    return null
  }
}

function progressLine(terminal: Terminal, enabled: boolean) {
  const began = performance.now()
  let shownAt = 0
  return {
    show: ({ read, resumedAt, share }: ImportProgress) => {
      const now = performance.now()
      if (!enabled || !terminal.watched || now - shownAt < 200) return
      shownAt = now
      const perSecond = Math.round((read - resumedAt) / ((now - began) / 1000))
      terminal.note(`\r${Math.round(share * 100)} %  ${formatCount(read)} records, ${formatCount(perSecond)} a second `)
    },
    clear: () => {
      if (shownAt > 0) terminal.note(`\r${' '.repeat(60)}\r`)
    },
  }
}

function tell({ path, source }: RunInput, result: ImportResult, terminal: Terminal): void {
  const { read, stored, duplicates, rejected, resumedAt } = result
  const shown = isPostgres(path) ? 'query' : basename(path)
  const resumed = resumedAt > 0 ? `, going on behind the ${formatCount(resumedAt)} taken before` : ''
  terminal.note(
    plainText(
      `${shown} → ${source}: ${formatCount(read)} read${resumed}, ${formatCount(stored)} stored, ${formatCount(duplicates)} known`,
    ),
  )
  terminal.note('\n')
  for (const [code, count] of Object.entries(rejected)) {
    terminal.note(`  ${formatCount(count)} rejected and kept among the dead letters: ${code}\n`)
  }
  if ((rejected['record.no_key'] ?? 0) > 0) {
    terminal.note('  a row is told by its key column: name it in the ruleset of the space, sources.NAME.key\n')
  }
}
