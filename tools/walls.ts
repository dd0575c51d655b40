import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './step.ts'
import type { Step } from './step.ts'

interface Cruise {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string }
    }[]
  }
}

/** Folders that hold code. Each must lead to at least one module, or the cruise has seen nothing and proves nothing. */
const folders = [
  'packages/core/src',
  'packages/batch/src',
  'packages/cli/src',
  'packages/console/src',
  'test',
  'tools',
  'bench',
]

export const wallsStep: Step = {
  name: 'walls between the rooms',
  run: async () => {
    const cruised = folders.filter((folder) => existsSync(join(root, folder)))
    const { stdout, stderr } = await run('depcruise', [...cruised, '--output-type', 'json'])
    let cruise: Cruise & { readonly modules: readonly { readonly source: string }[] }
    try {
      cruise = JSON.parse(stdout) as typeof cruise
    } catch {
      return [`dependency-cruiser did not answer: ${stderr.trim()}`]
    }
    const unseen = folders
      .filter((folder) => folder.startsWith('packages/'))
      .filter((folder) => !cruise.modules.some((module) => module.source.startsWith(`${folder}/`)))
    return [
      ...(cruise.summary.totalCruised === 0 ? ['0 modules were cruised, so nothing was checked'] : []),
      ...unseen.map((folder) => `no module of ${folder} was cruised, so nothing was checked there`),
      ...cruise.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} imports ${to}`),
    ]
  },
}
