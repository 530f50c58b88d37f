import { chmod, lchown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunContext } from '@/lib/ports/run-context'
import type { Confinement, KeepOut } from '@/lib/ports/sandbox'
import { openConfinement } from '@/lib/sandbox/open-confinement'

const gib = 1024 ** 3
const limits = { memoryBytes: 8 * gib, processes: 256, openFiles: 1_024, diskBytes: 16 * gib }

/** A room to read restored files in, outside of a restore test. */
export interface Room {
  /** False: this machine cannot keep a process apart. */
  isApart: boolean
  /** Does something with a file while the confined user, and nobody else, may read it. */
  lend<T>(file: string, work: (confinement: Confinement) => Promise<T>): Promise<T | null>
  close(): Promise<void>
}

/** Without network, and without sight of anything but the file. `lend` answers null where nothing is kept apart. */
export async function openRoom(keepOut: KeepOut, run: RunContext): Promise<Room> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sqlite-room-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  // Root gives files away and takes them back. Others could not, and have namespaces to be kept apart by.
  const keepUser = process.getuid?.() !== 0
  const plan = { folder, programs: [], limits, keepOut, keepUser }
  try {
    // The confined user walks through it to its own part.
    await chmod(folder, 0o711)
    const opened = await openConfinement(plan, run)
    const close = async () => {
      await opened.end([])
      await remove()
    }
    const confinement = opened.report.grade === 'none' ? null : opened
    const lend = async <T>(file: string, work: (confinement: Confinement) => Promise<T>) => {
      if (!confinement) return null
      if (keepUser) return work(confinement)
      try {
        await confinement.give(file)
        return await work(confinement)
      } finally {
        await lchown(file, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
      }
    }
    return { isApart: confinement !== null, lend, close }
  } catch (error) {
    await remove()
    run.signal.throwIfAborted()
    run.logger.warn('a file cannot be read apart on this machine', { error: String(error) })
    return { isApart: false, lend: async () => null, close: async () => undefined }
  }
}
