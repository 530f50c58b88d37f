import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { UnprivilegedUser } from './drop-user'

export const sandboxPrefix = 'hf-sandbox-'
export const socketPrefix = 'hf-sb-'

/** Where sandboxes of this root may be: below it, or beside it when the sandbox's user cannot reach it. */
export function sandboxFolders(root: string): string[] {
  const hash = createHash('sha256').update(resolve(root)).digest('hex').slice(0, 12)
  return [resolve(root), join('/var/tmp', `holdfast-sandboxes-${hash}`)]
}

/** The first of the folders that the sandbox's user can reach; made when missing. */
export async function usableFolder(root: string, user: UnprivilegedUser | null): Promise<string> {
  const [own = resolve(root), fallback = own] = sandboxFolders(root)
  await mkdir(own, { recursive: true, mode: 0o711 })
  // The worker's umask takes the passage for others away again.
  await chmod(own, 0o711)
  if (!user || (await isReachable(own, user))) return own
  await mkdir(fallback, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const info = await lstat(fallback)
  // Its parent is open to all: what another user put there must not be used.
  if (!info.isDirectory() || info.uid !== process.getuid?.() || (info.mode & 0o022) !== 0) {
    throw new HoldfastError('sandbox-unavailable', `The folder ${fallback} is not a private folder of this user.`, {
      remedy: 'Remove it, or put the data folder of Holdfast where other users may pass through (chmod o+x).',
    })
  }
  await chmod(fallback, 0o711)
  return fallback
}

async function isReachable(folder: string, user: UnprivilegedUser): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const info = await stat(path)
    const bit = info.uid === user.uid ? 0o100 : info.gid === user.gid ? 0o010 : 0o001
    if ((info.mode & bit) === 0) return false
    if (path === dirname(path)) return true
  }
}
