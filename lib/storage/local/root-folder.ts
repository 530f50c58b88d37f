import { lstat, mkdir, open, realpath, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { answerInTime } from './answer-in-time'
import { checkPlace } from './check-place'
import { classifyError, isErrno } from './classify-error'

/** The destination's folder. It is never created here: a missing one is most likely a disk that is not mounted. */
export class RootFolder {
  constructor(readonly path: string) {}

  /** Path of a key's file. */
  file(key: string): string {
    return path.join(this.path, ...key.split('/'))
  }

  /**
   * Before each use. Fails with `storage-not-found` unless the root is a folder, with `folder-refused` when it is no place
   * for backups (any more), and with `storage-unreachable` when its file system does not answer.
   */
  async check(): Promise<void> {
    await answerInTime(this.path, async () => {
      await checkPlace(this.path)
      await this.checkFolder()
    })
  }

  private async checkFolder(): Promise<void> {
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
    let made = this.path
    // Step by step, and never through a link. (Node's recursive mkdir never returns where a folder neither exists nor can
    // be created, as below /proc.)
    for (const name of path.relative(this.path, parent).split(path.sep)) {
      if (name === '') continue
      const folder = path.join(made, name)
      if (await makeFolder(folder)) await syncFolder(made)
      made = folder
    }
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

/** Makes a folder; false when it was there. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  }
  const info = await lstat(folder)
  if (info.isDirectory()) return false
  throw new HoldfastError('storage-denied', `${folder} is in the way: a folder belongs there`, {
    remedy: 'Remove what has its name (a link, perhaps) from the destination',
    facts: { path: folder },
  })
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
