import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './step.ts'
import type { Step } from './step.ts'

interface LockedPackage {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** `npm ci` works on every platform only when the lock file names the optional packages of all of them. */
export const lockFileStep: Step = {
  name: 'lock file',
  run: () => {
    const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
    const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> }
    return Promise.resolve(lockFileFaults(packages))
  },
}

export function lockFileFaults(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
  const locked = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  )
  const faults: string[] = []
  for (const [path, entry] of Object.entries(packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!locked.has(name))
        faults.push(`${path} wants ${name}, which the lock file does not hold; npm ci will refuse it`)
    }
    if (entry.resolved !== undefined && entry.link !== true) {
      faults.push(`${path} names the address of a registry; update the lock file with the .npmrc of this repository`)
    }
  }
  return faults
}
