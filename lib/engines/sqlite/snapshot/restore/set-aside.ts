import { lstat, readdir, rename, stat } from 'node:fs/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'

const suffixes = ['-wal', '-shm', '-journal']

/**
 * Files that an earlier database left beside the new one's name. SQLite would play them into the restored file, so they
 * get another name, under which nothing reads them. Nothing of them is deleted: they may be the last of what was lost.
 * Throws `target-busy` while a program has one open, or when this user cannot see whether one has.
 */
export async function setAside(path: string, now: Date): Promise<string[]> {
  const moved: string[] = []
  for (const suffix of suffixes) {
    const file = `${path}${suffix}`
    const info = await lstat(file).catch(() => null)
    if (!info) continue
    const why = await whyNot(file)
    if (why !== null) {
      throw new HoldfastError('target-busy', `${file} belongs to an earlier database of this name, and ${why}.`, {
        remedy: 'End the program that uses it and move the file away, or restore to another name.',
      })
    }
    const aside = `${file}.before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`
    await rename(file, aside)
    moved.push(`${file} belonged to an earlier database and would have changed the restored one; it is now ${aside}.`)
  }
  return moved
}

async function whyNot(file: string): Promise<string | null> {
  const wanted = await stat(file).catch(() => null)
  if (!wanted) return null
  const uid = process.getuid?.()
  // The files that other users' processes have open are shown to root only.
  if (uid !== 0 && wanted.uid !== uid) return 'it cannot be seen whether a program has it open'
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const open = await stat(`/proc/${pid}/fd/${fd}`).catch(() => null)
      if (open?.ino === wanted.ino && open.dev === wanted.dev) return `process ${pid} has it open`
    }
  }
  return null
}
