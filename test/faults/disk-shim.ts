import { execFileSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type DiskFault = 'none' | 'full' | 'syncs fail' | 'writes fail'

/** What a process is given so that its database file is watched, and made to fail. */
export interface DiskShim {
  readonly env: Readonly<Record<string, string>>
  /** Bytes that were written down until now: everything that was synced before an answer came is within them. */
  recorded(): number
  /** Makes the disk fail from now on, or so many times. */
  set(fault: DiskFault, times?: number): void
  readonly log: string
}

const codes: Readonly<Record<DiskFault, number>> = { none: 0, full: 1, 'syncs fail': 2, 'writes fail': 3 }

/** Builds the shim with the machine's C compiler (`cc`, Linux) and prepares it for one database file. */
export function prepareDiskShim(folder: string, databaseFile: string): DiskShim {
  const library = join(folder, 'disk-shim.so')
  const source = fileURLToPath(new URL('disk-shim.c', import.meta.url))
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread'])
  const log = join(folder, 'disk.log')
  const control = join(folder, 'disk.control')
  writeFileSync(log, '')
  writeFileSync(control, new Uint8Array(2))
  return {
    log,
    env: { LD_PRELOAD: library, DISK_SHIM_FILE: databaseFile, DISK_SHIM_LOG: log, DISK_SHIM_CONTROL: control },
    recorded: () => statSync(log).size,
    set: (fault, times = 0) => {
      const file = openSync(control, 'r+')
      ftruncateSync(file, 2)
      writeSync(file, new Uint8Array([codes[fault], times]), 0, 2, 0)
      closeSync(file)
    },
  }
}
