import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root, run } from './step.ts'
import type { Outcome, Step } from './step.ts'

const cli = join(root, 'packages', 'cli')

/** `npx selfsame` works in the clone itself, right after `npm ci`. */
export const launcherStep: Step = {
  name: 'npx selfsame in the clone',
  run: async () => versionFaults(await run('npx', ['--no-install', 'selfsame', '--version'])),
}

/** The tarball of `npm pack` installs in an empty folder elsewhere, and resolves its own examples there. */
export const packageStep: Step = {
  name: 'the package elsewhere',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfsame-package-'))
    try {
      const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: cli })
      const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
      if (packed.code !== 0 || tarball === undefined) return [`npm pack failed: ${packed.stderr.trim()}`]
      const home = join(folder, 'elsewhere')
      mkdirSync(home)
      await install(join(folder, tarball), home)
      return await faultsOf(home)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function install(tarball: string, home: string): Promise<void> {
  const args = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-retries=0',
    tarball,
  ]
  const { code, stderr } = await run('npm', args, { cwd: home })
  if (code === 0) return
  if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|ENETUNREACH|EIDLETIMEOUT/.test(stderr))
    throw new Error(stderr.trim())
  process.stdout.write('  the registry cannot be reached: dependencies are taken from this clone\n')
  await unpackBesideCloneModules(tarball, home)
}

async function unpackBesideCloneModules(tarball: string, home: string): Promise<void> {
  const modules = join(home, 'node_modules')
  rmSync(modules, { recursive: true, force: true })
  mkdirSync(modules)
  await run('tar', ['-xzf', tarball, '-C', home])
  cpSync(join(home, 'package'), join(modules, 'selfsame'), { recursive: true })
  for (const name of Object.keys(manifestOf(join(modules, 'selfsame')).dependencies)) {
    const nested = join(cli, 'node_modules', name)
    const link = join(modules, name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(existsSync(nested) ? nested : join(root, 'node_modules', name), link)
  }
}

async function faultsOf(home: string): Promise<readonly string[]> {
  const installed = join(home, 'node_modules', 'selfsame')
  const manifest = manifestOf(installed)
  const launcher = join(installed, 'bin', 'selfsame.js')
  const inner = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@selfsame/'))
  const absent = [
    'README.md',
    'LICENSE',
    'docs/guides',
    'examples/sarah',
    'dist/selfsame.js',
    'dist/console/index.html',
    'dist/THIRD-PARTY-LICENSES.txt',
  ].filter((name) => !existsSync(join(installed, name)))
  const example = join(installed, 'examples', 'sarah')
  const files = readdirSync(example)
    .filter((name) => /\.(csv|jsonl)$/.test(name))
    .map((name) => join(example, name))
  const resolved = await run('node', [launcher, 'resolve', ...files, '--out', 'out', '--json'], { cwd: home })
  return [
    ...inner.map((name) => `${name} is a workspace and nobody can install it, yet the package depends on it`),
    ...absent.map((name) => `the package lacks ${name}`),
    ...(existsSync(join(installed, 'src'))
      ? ['the package carries src, which the launcher would prefer to the bundle']
      : []),
    ...versionFaults(await run('node', [launcher, '--version'], { cwd: home })),
    ...(resolved.code === 0 ? [] : [`resolving examples/sarah exits with ${resolved.code}: ${resolved.stderr.trim()}`]),
    ...(existsSync(join(home, 'out', 'report.html')) ? [] : ['resolving examples/sarah writes no report.html']),
  ]
}

function versionFaults({ code, stdout, stderr }: Outcome): readonly string[] {
  const { version } = manifestOf(cli)
  if (code === 0 && stdout.trim() === version) return []
  const said = stderr
    .split('\n')
    .filter((line) => !line.startsWith('npm warn'))
    .join('\n')
    .trim()
  return [`selfsame --version exits with ${code} and says "${stdout.trim()}", not ${version}: ${said}`]
}

function manifestOf(folder: string): {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as ReturnType<typeof manifestOf>
}
