import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** One part of the check. Faults are sentences; none means it passed. */
export interface Step {
  readonly name: string
  readonly run: () => Promise<readonly string[]>
}

export interface Outcome {
  /** null: it was ended by a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program at the root of the repository, or in `cwd`, without standard input. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly show?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A step that passes when the program exits with 0; otherwise what it wrote is the fault. */
export function programStep(name: string, command: string, args: readonly string[]): Step {
  return {
    name,
    run: async () => {
      const { code, stdout, stderr } = await run(command, args)
      return code === 0 ? [] : [`${stdout}${stderr}`.trim() || `${command} exited with ${code}`]
    },
  }
}
