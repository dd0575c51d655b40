import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './step.ts'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numTotalTests: number
  readonly success: boolean
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** Runs the tests, showing what they print. A file that fails outside its tests counts as one failed test, as does a run without any. */
export async function runTests(): Promise<TestCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-check-'))
  const file = join(folder, 'tests.json')
  try {
    const { code } = await run(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      { show: true },
    )
    return countTests(JSON.parse(readFileSync(file, 'utf8')) as VitestReport, code)
  } catch {
    process.stdout.write('vitest left no report\n')
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function countTests(report: VitestReport, code: number | null): TestCounts {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + broken
  const failedOtherwise = failed === 0 && (code !== 0 || report.numTotalTests === 0) ? 1 : 0
  return { passed: report.numPassedTests, failed: failed + failedOtherwise }
}
