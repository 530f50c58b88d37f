import { lstat, mkdir, open, realpath, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { classifyError, isErrno } from './classify-error'

/** The destination's folder. It is never created here: a missing one is most likely a disk that is not mounted. */
export class RootFolder {
  constructor(readonly path: string) {}

  /** Path of a key's file. */
  file(key: string): string {
    return path.join(this.path, ...key.split('/'))
  }

  /** Fails with `storage-not-found` unless the root is a folder. */
  async check(): Promise<void> {
    const info = await stat(this.path).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
      throw classifyError(error, { path: this.path })
    })
    if (info?.isDirectory()) return
    throw new HoldfastError(
      'storage-not-found',
      info ? `${this.path} is not a folder` : `The folder ${this.path} does not exist`,
      {
        remedy: info
          ? 'Enter the path of a folder'
          : `Mount the disk, or create the folder for the user that Holdfast runs as: mkdir -p -m 700 ${this.path}`,
        facts: { path: this.path },
      },
    )
  }

  /** Makes the folder of a file (0700) and refuses one that a symbolic link takes out of the root. */
  async makeParent(file: string): Promise<string> {
    const parent = path.dirname(file)
    const firstMade = await mkdir(parent, { recursive: true, mode: 0o700 })
    // A new folder's name is durable only when the folder that holds it was synced too.
    if (firstMade)
      for (let dir = parent; dir.length >= firstMade.length; dir = path.dirname(dir))
        await syncFolder(path.dirname(dir))
    await this.checkInside(parent)
    return parent
  }

  /** Refuses an existing folder that is not below the root once links are followed. */
  async checkInside(folder: string): Promise<void> {
    const [root, real] = await Promise.all([realpath(this.path), realpath(folder)])
    if (real === root || real.startsWith(root + path.sep)) return
    throw new HoldfastError('storage-denied', `${folder} is a link that leads out of the destination's folder`, {
      remedy: 'Remove the symbolic link from the destination',
      facts: { path: folder },
    })
  }

  /** Removes folders that became empty, from the given one upwards, never the root. Best effort. */
  async prune(folder: string): Promise<void> {
    for (let dir = folder; dir.startsWith(this.path + path.sep); dir = path.dirname(dir)) {
      try {
        await rmdir(dir)
      } catch {
        return
      }
    }
  }
}

/** Makes names in the folder durable. Some file systems cannot sync folders, and those have nothing to sync. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EPERM', 'EBADF')) throw error
  } finally {
    await handle.close()
  }
}

/** True when something, even a dangling link, has this name. */
export async function nameExists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, 'ENOENT')) return false
      throw error
    },
  )
}
