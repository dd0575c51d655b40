import { buildConsoleIfNeeded } from '../../tools/build-console.ts'

/** The console is built once, before tests that run side by side open it. Those that need none run without it, too. */
export async function setup(): Promise<void> {
  await buildConsoleIfNeeded().catch((error: unknown) => {
    process.stderr.write(`the console cannot be built: ${error instanceof Error ? error.message : String(error)}\n`)
  })
}
