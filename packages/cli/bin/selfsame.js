#!/usr/bin/env node
// Plain JavaScript that an old Node can read: it looks at the version before anything else is loaded.
import { spawn } from 'child_process'
import { existsSync, readFileSync, realpathSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath, pathToFileURL } from 'url'

const here = dirname(realpathSync(fileURLToPath(import.meta.url)))

if (isNewEnough(process.versions.node)) {
  const source = join(here, '..', 'src', 'main.ts')
  const bundle = join(here, '..', 'dist', 'selfsame.js')
  import(pathToFileURL(existsSync(source) ? source : bundle).href).catch((error) => {
    process.stderr.write(`selfsame: cannot start: ${error && error.message}\n`)
    process.exitCode = 1
  })
} else {
  const node = process.env.SELFSAME_LAUNCHED ? null : findShippedNode(here)
  if (node) runUnder(node)
  else {
    const wanted = 'npx -p node@24 -p selfsame selfsame …'
    process.stderr.write(`selfsame: needs Node >= 22.18 (this is v${process.versions.node}). Try: ${wanted}\n`)
    process.exitCode = 1
  }
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

/** The Node that the npm package `node` brings, where one is installed in this folder or above it; else null. */
function findShippedNode(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', 'node')
    const binary = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(binary) && isNewEnough(versionOf(home))) return binary
    if (dirname(folder) === folder) return null
  }
}

function versionOf(home) {
  try {
    return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).version || '0.0.0'
  } catch {
    return '0.0.0'
  }
}

function runUnder(node) {
  const script = join(here, 'selfsame.js')
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, SELFSAME_LAUNCHED: '1' },
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const pass = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, pass)
  child.on('error', (error) => {
    process.stderr.write(`selfsame: cannot start ${node}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeListener(name, pass)
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code
  })
}
