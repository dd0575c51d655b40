import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './step.ts'

/**
 * Builds the console, where what it is made of is newer than what was built: `npm start` does so before it starts, and the
 * tests that open a browser before they open it. `node tools/build-console.ts` builds, `… --if-needed` looks first. What comes
 * back are the files that went into it.
 */
export async function buildConsole(outDir = join(root, 'packages', 'console', 'dist')): Promise<readonly string[]> {
  const { build } = await import('vite')
  // A test runner sets it otherwise, and React would come in its slow form.
  const known = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  const built = await build({
    configFile: join(root, 'packages', 'console', 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir },
  }).finally(() => {
    if (known === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = known
  })
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  return outputs.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []))
}

export async function buildConsoleIfNeeded(): Promise<void> {
  const folder = join(root, 'packages', 'console')
  const built = join(folder, 'dist', 'index.html')
  if (existsSync(built) && statSync(built).mtimeMs >= newestIn(folder)) return
  process.stderr.write('building the console …\n')
  await buildConsole()
}

/** When the last of the console's own files was changed, milliseconds. */
function newestIn(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !/^(?:dist|node_modules)$/.test(name))
  return Math.max(
    ...files.map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs
    }),
    0,
  )
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--if-needed')) await buildConsoleIfNeeded()
  else await buildConsole()
}
