import type { RunHooks, RunOptions, RunResult } from './options.ts'

/** Resolves files into tables in `options.outputFolder`. */
export async function resolveFiles(options: RunOptions, hooks: RunHooks = {}): Promise<RunResult> {
  throw new Error(`not yet: ${options.inputs.length} ${typeof hooks}`)
}
