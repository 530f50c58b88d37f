import { stat, statfs } from 'node:fs/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { DatabaseFile } from '../connect/find-files'

/** Throws `producer-failed` where there is no room for copies of these files, before anything of them is read. */
export async function requireRoom(folder: string, files: DatabaseFile[]): Promise<void> {
  let needBytes = 0
  for (const { path } of files) {
    for (const name of [path, `${path}-wal`]) needBytes += (await stat(name).catch(() => null))?.size ?? 0
  }
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= needBytes) return
  throw new HoldfastError(
    'producer-failed',
    `The copy needs about ${Math.ceil(needBytes / 1e6)} MB in ${folder}, and ${Math.floor((bavail * bsize) / 1e6)} MB are free.`,
    { remedy: 'Free space there, or move the data folder of Holdfast to a larger disk.', facts: { needBytes } },
  )
}
