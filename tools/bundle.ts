import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { buildConsole } from './build-console.ts'
import { carried } from './carried.ts'
import { publishedReadme } from './published-readme.ts'

/**
 * Makes the package that installs elsewhere: `packages/cli/dist/selfsame.js` holds the command line and the inner rooms,
 * and imports only what `packages/cli/package.json` lists under `dependencies`; `packages/cli/dist/console` is the console.
 *
 * `node tools/bundle.ts` bundles · `… pack` also lays the files beside it that the tarball carries · `… clean` takes those
 * away again.
 */
const root = join(import.meta.dirname, '..')
const cli = join(root, 'packages', 'cli')
const dist = join(cli, 'dist')

const task = process.argv[2]
if (task === 'clean') takeAwayCarried()
else {
  await bundle()
  if (task === 'pack') layCarried()
}

async function bundle(): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  rmSync(dist, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: [join(cli, 'src', 'main.ts')],
    outfile: join(dist, 'selfsame.js'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.18',
    external: Object.keys(manifest.dependencies),
    // Inner dependencies of the CommonJS kind still call `require`.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)",
    },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  const modules = (await buildConsole(join(dist, 'console'))).map((path) => relative(root, path))
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licencesOf([...Object.keys(metafile.inputs), ...modules]))
}

/** The licences of the packages whose code went into the bundle. Fails where one has none. */
function licencesOf(inputs: readonly string[]): string {
  const folders = inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<
      string,
      string
    >
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (!license) throw new Error(`${name} says no licence and is part of the bundle`)
    const text = file
      ? readFileSync(join(root, folder, file), 'utf8').trim()
      : 'The package carries no text of its licence.'
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

function layCarried(): void {
  takeAwayCarried()
  for (const name of carried) {
    const from = join(root, name)
    if (!existsSync(from)) throw new Error(`${name} is missing at the root of the repository`)
    if (name === 'README.md') writeFileSync(join(cli, name), publishedReadme(readFileSync(from, 'utf8')))
    else if (statSync(from).isDirectory())
      cpSync(from, join(cli, name), {
        recursive: true,
        filter: (path) => !path.slice(root.length).includes('/selfsame-'),
      })
    else copyFileSync(from, join(cli, name))
  }
}

function takeAwayCarried(): void {
  for (const name of carried) rmSync(join(cli, name), { recursive: true, force: true })
}
