import { lstat, readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { parseMounts } from '@/lib/core/storage/mounts'
import { whyNoPlace } from '@/lib/core/storage/why-no-place'
import { isErrno } from './classify-error'

/**
 * Refuses a folder that is no place for backups, with `folder-refused`. Asked when a destination is made, changed or
 * tested, and again at each use: what a link or a mount made of the folder since counts then.
 */
export async function checkPlace(folder: string): Promise<void> {
  const home = await realFolder(path.resolve(process.env['HOLDFAST_HOME'] ?? '.holdfast'))
  const real = await realFolder(folder)
  const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''))
  // By name first: what is refused so is not even looked at.
  const facts = { named: path.resolve(folder), real, home, mounts }
  const why =
    whyNoPlace({ ...facts, inDataFolder: false }) ?? whyNoPlace({ ...facts, inDataFolder: await isInDataFolder(real) })
  if (why === null) return
  const shown = real === folder ? folder : `${folder} (which is ${real})`
  const message = `${shown} ${why}, so no backups go there.`
  throw new HoldfastError('folder-refused', message, {
    remedy: 'Choose a folder of its own on a disk, such as /var/backups/holdfast.',
    facts: { path: folder, errors: [{ path: 'config.path', message }] },
  })
}

/** The folder with links followed; of one that does not exist (yet), its deepest parent that does, and the rest. */
async function realFolder(folder: string): Promise<string> {
  const normal = path.resolve(folder)
  try {
    return await realpath(normal)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP') || normal === '/') throw error
    return path.join(await realFolder(path.dirname(normal)), path.basename(normal))
  }
}

async function isInDataFolder(folder: string): Promise<boolean> {
  for (let dir = folder; dir !== '/'; dir = path.dirname(dir)) {
    const there = await lstat(path.join(dir, 'PG_VERSION')).catch(() => null)
    if (there) return true
  }
  return false
}
