import { readlinkSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Whose a working folder is: a process is known by its number only on its machine, and inside its container. */
interface Owner {
  readonly pid: number
  readonly machine: string
}

/** File that names the owner. It goes before the folder becomes anything else. */
export const ownerFile = '.selfsame-owner.json'

/**
 * Makes a folder for the files of work in progress, and removes those that processes which are gone have left: killed, or out
 * of memory. If this process ends without `letGoOf`, the folder goes with it.
 */
export async function makeWorkingFolder(parent: string, prefix: string): Promise<string> {
  const folder = await mkdtemp(join(parent, prefix))
  await writeFile(join(folder, ownerFile), JSON.stringify({ pid: process.pid, machine: thisMachine() } satisfies Owner))
  if (held.size === 0) process.on('exit', removeHeld)
  held.add(folder)
  await removeAbandoned(parent, prefix)
  return folder
}

/** The folder is no longer in progress: its owner's name goes, and whatever becomes of it is the caller's matter. */
export async function letGoOf(folder: string): Promise<void> {
  held.delete(folder)
  if (held.size === 0) process.off('exit', removeHeld)
  await rm(join(folder, ownerFile), { force: true })
}

const held = new Set<string>()

function removeHeld(): void {
  for (const folder of held) rmSync(folder, { recursive: true, force: true })
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(prefix)) continue
    const folder = join(parent, name)
    const owner = await readFile(join(folder, ownerFile), 'utf8').then(readOwner, () => null)
    if (!owner || owner.machine !== thisMachine() || isAlive(owner.pid)) continue
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function readOwner(text: string): Owner | null {
  try {
    const { pid, machine } = JSON.parse(text) as Partial<Owner>
    return typeof pid === 'number' && pid > 0 && typeof machine === 'string' ? { pid, machine } : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** The host, and on Linux the name space in which process numbers count. */
function thisMachine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
