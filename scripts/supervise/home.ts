import { accessSync, chmodSync, constants, mkdirSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'

const NEEDED_FREE_BYTES = 200 * 1024 * 1024

/** Makes HOLDFAST_HOME and its folders, each closed to others, and checks that something can be written. */
export function prepareHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true })
    accessSync(home, constants.W_OK)
    // As root the catalog's server runs as another user and must pass through to its own folder, and only that.
    chmodSync(home, process.getuid?.() === 0 ? 0o711 : 0o700)
    for (const name of ['keys', 'logs', 'run']) {
      const folder = path.join(home, name)
      mkdirSync(folder, { recursive: true })
      chmodSync(folder, 0o700)
    }
  } catch (error) {
    throw new HoldfastError('home-unusable', `The data folder ${home} cannot be written (${reason(error)}).`, {
      remedy: 'Give this user the folder, or set HOLDFAST_HOME to another one.',
    })
  }
  const { bavail, bsize } = statfsSync(home)
  if (bavail * bsize < NEEDED_FREE_BYTES) {
    const free = Math.floor((bavail * bsize) / 1024 / 1024)
    throw new HoldfastError(
      'disk-full',
      `The disk that holds ${home} is full: ${free} MB are free, 200 MB are needed.`,
      {
        remedy: 'Free some space and start again.',
      },
    )
  }
}

function reason(error: unknown): string {
  const known: Record<string, string> = {
    EACCES: 'not permitted',
    EPERM: 'not permitted',
    EROFS: 'a read-only file system',
    ENOTDIR: 'a part of its path is a file',
    EEXIST: 'it is a file',
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return known[code] ?? code
}
