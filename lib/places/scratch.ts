import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Of this process, and in use. */
const inUse = new Set<string>()
const prefix = () => `holdfast-scratch-${hostname().replaceAll(/[^\w.]/g, '_')}-`

/** A private folder for what cannot be streamed. Those of processes of this host that have died are removed first. */
export async function openScratch(parent: string = tmpdir()): Promise<{ folder: string; close(): Promise<void> }> {
  await mkdir(parent, { recursive: true, mode: 0o700 })
  await sweep(parent)
  const folder = await mkdtemp(join(parent, `${prefix()}${process.pid}-`))
  inUse.add(folder)
  return {
    folder,
    close: async () => {
      inUse.delete(folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix())) continue
    const pid = Number.parseInt(name.slice(prefix().length), 10)
    const folder = join(parent, name)
    // In a container each worker has the same number as the one before it.
    if (pid === process.pid ? inUse.has(folder) : isAlive(pid)) continue
    if ((await stat(folder).catch(() => null))?.uid === process.getuid?.())
      await rm(folder, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
