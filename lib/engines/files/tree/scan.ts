import type { BigIntStats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import type { RunContext } from '@/lib/ports/run-context'
import type { Choice } from './chosen'
import { joinTreePath, pathWords, rootPath, type TreePath } from './tree-path'

export type EntryType = 'file' | 'folder' | 'link'

/** One file, folder or symbolic link as it was found; times in nanoseconds since 1970. */
export interface Found {
  path: TreePath
  type: EntryType
  size: number
  mtime: bigint
  ctime: bigint
  mode: number
  uid: number
  gid: number
  /** Which file it is, by whatever name: device and inode. */
  inode: string
  /** Names that the file has. */
  names: number
}

export interface ScanOptions {
  choice: Choice
  oneFileSystem: boolean
  /** Hears of what is not backed up because it is no file, folder or link. */
  onSpecial(path: TreePath): void
}

/**
 * Walks a tree in the order of `compareTreePaths`, the root first. What vanishes meanwhile is left out. Rejects with the system's
 * error when a folder cannot be read.
 */
export async function* scan(root: string, options: ScanOptions, run: RunContext): AsyncGenerator<Found> {
  const top = await lstat(root, { bigint: true })
  yield found(rootPath, top)
  yield* scanFolder(root, rootPath, top.dev, options.choice.wantsAll, [], options, run)
}

/** `pending`: folders above that are told only once something in them is wanted. */
async function* scanFolder(
  root: string,
  folder: TreePath,
  device: bigint,
  wanted: boolean,
  pending: Found[],
  options: ScanOptions,
  run: RunContext,
): AsyncGenerator<Found> {
  run.signal.throwIfAborted()
  const { choice } = options
  const names = await unlessGone(readdir(place(root, folder), { encoding: 'buffer' }))
  for (const name of (names ?? []).sort((a, b) => a.compare(b))) {
    const path = joinTreePath(folder, name)
    const words = pathWords(path)
    if (choice.isExcluded(words)) continue
    const info = await unlessGone(lstat(place(root, path), { bigint: true }))
    if (!info || (options.oneFileSystem && info.dev !== device)) continue
    const isWanted = wanted || choice.isIncluded(words)
    if (info.isDirectory()) {
      const waiting = [...pending, found(path, info)]
      if (isWanted) yield* waiting.splice(0)
      for await (const entry of scanFolder(root, path, device, isWanted, waiting, options, run)) {
        // What waited was told by the first that was wanted, the folders above with it.
        pending.length = 0
        yield entry
      }
    } else if (isWanted) {
      if (!info.isFile() && !info.isSymbolicLink()) options.onSpecial(path)
      else {
        yield* pending.splice(0)
        yield found(path, info)
      }
    }
  }
}

/** As the system takes it: text would change names that are none. */
export const place = (root: string, path: TreePath): Buffer =>
  path.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(root === '/' ? '/' : `${root}/`), path])

function found(path: TreePath, info: BigIntStats): Found {
  return {
    path,
    type: info.isDirectory() ? 'folder' : info.isSymbolicLink() ? 'link' : 'file',
    size: info.isFile() ? Number(info.size) : 0,
    mtime: info.mtimeNs,
    ctime: info.ctimeNs,
    mode: Number(info.mode & 0o7777n),
    uid: Number(info.uid),
    gid: Number(info.gid),
    inode: `${info.dev}:${info.ino}`,
    names: Number(info.nlink),
  }
}

async function unlessGone<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}
