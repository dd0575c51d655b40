import { lockFileStep } from './lock-file.ts'
import { launcherStep, packageStep } from './package.ts'
import { programStep } from './step.ts'
import type { Step } from './step.ts'
import { runTests } from './tests.ts'
import { wallsStep } from './walls.ts'

/**
 * `npm test`: everything that must hold before a change lands. Every step runs, whatever the ones before it found; each
 * counts as one beside the tests. The last line reads `N passed, N failed`, and the exit code is 1 where anything failed.
 */
const tsc = 'node_modules/typescript-native/bin/tsc'
const before: readonly Step[] = [
  lockFileStep,
  programStep('format', 'biome', ['format', '.']),
  programStep('lint', 'oxlint', ['--type-aware', '--deny-warnings']),
  wallsStep,
  programStep('types', 'node', [tsc, '-p', 'tsconfig.json']),
  programStep('types of the console', 'node', [tsc, '-p', 'packages/console/tsconfig.json']),
  programStep('types of core without Node', 'node', [tsc, '-p', 'tools/tsconfig.core.json']),
]
const after: readonly Step[] = [launcherStep, packageStep]

let passed = 0
let failed = 0
for (const step of before) await take(step)
const tests = await runTests()
passed += tests.passed
failed += tests.failed
for (const step of after) await take(step)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

async function take(step: Step): Promise<void> {
  const began = performance.now()
  const faults = await step.run().catch((error: unknown) => [error instanceof Error ? error.message : String(error)])
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (faults.length === 0) passed++
  else failed++
  process.stdout.write(`${faults.length === 0 ? '✓' : '✗'} ${step.name} (${seconds} s)\n`)
  for (const fault of faults) process.stdout.write(`${fault.replaceAll(/^/gm, '    ')}\n`)
}
