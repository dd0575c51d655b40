import { readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runMarker, tableNames } from '../summary.ts'
import { UserFault } from '../user-fault.ts'
import { explainFiles, tableFile } from './run-folder.ts'

/** Files of a run, relative to its folder. The report is written by whoever asked for the run. */
const ownFiles: ReadonlySet<string> = new Set([
  'summary.json',
  'report.html',
  ...Object.values(explainFiles),
  ...tableNames.flatMap((name) => (['csv', 'parquet', 'jsonl'] as const).map((format) => tableFile(name, format))),
])

/**
 * Refuses a folder whose content a run must not replace: one that no run wrote, and one in which somebody else has put
 * something beside the files of a run. `named` is how the user wrote it. Codes: `output.foreign`, `output.unwritable`.
 */
export async function checkOutputFolder(folder: string, named: string): Promise<void> {
  const files = await filesOf(folder, named)
  if (files.length === 0) return
  const foreign = files.filter((file) => !ownFiles.has(file)).sort()
  const isRun = isOwnMarker(await readFile(join(folder, 'summary.json'), 'utf8').catch(() => ''))
  if (isRun && foreign.length === 0) return
  const shown = foreign[0] ?? files.sort()[0] ?? ''
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''
  throw new UserFault(
    'output.foreign',
    `${named}: holds files that are not of an earlier run (${shown}${more}); move them away, or name a new or empty folder with --out`,
    named,
  )
}

/**
 * Moves a finished run into place. An earlier run there is set aside first, and of it nothing but a run's own files is
 * removed: what somebody put there in the last moment stays, in the folder set aside.
 */
export async function replaceOutputFolder(finished: string, folder: string, named: string): Promise<void> {
  await checkOutputFolder(folder, named)
  const aside = `${finished}-replaced`
  const wasThere = await rename(folder, aside).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return false
      throw cause
    },
  )
  await rename(finished, folder)
  if (!wasThere) return
  for (const file of ownFiles) await rm(join(aside, file), { force: true })
  await rmdir(join(aside, 'explain')).catch(() => undefined)
  await rmdir(aside).catch(() => undefined)
}

/** Files under a folder, relative to it; a folder in it, other than that of `explain`, is named with a slash at its end. */
async function filesOf(folder: string, named: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new UserFault(
      'output.unwritable',
      `${named}: is no folder that results can be written to (${cause.code ?? 'unknown reason'})`,
      named,
    )
  })
  const files: string[] = []
  for (const entry of entries) {
    if (!entry.isDirectory()) files.push(entry.name)
    else if (entry.name !== 'explain') files.push(`${entry.name}/`)
    else files.push(...(await filesOf(join(folder, entry.name), named)).map((file) => `${entry.name}/${file}`))
  }
  return files
}

function isOwnMarker(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'selfsame' in value && value.selfsame === runMarker
  } catch {
    return false
  }
}
