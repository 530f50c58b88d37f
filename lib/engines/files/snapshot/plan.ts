import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import type { RunContext } from '@/lib/ports/run-context'
import { type IndexEntry, writeEntry } from '../index/entry'
import { LineFile } from '../index/line-file'
import { fileError } from '../classify-error'
import { type Found, place } from '../tree/scan'
import { compareTreePaths, isWithin, nulEnded, pathWords, type TreePath } from '../tree/tree-path'

export interface Plan {
  /** Entries in the order of the tree, as the index has them; of those that are read now (`back` 0) what is stored is not known yet. */
  entriesFile: string
  parts: { name: string; listFile: string; bytes: number; entries: number }[]
  /** What the parent has and this one has not, each path behind a NUL; null: there is nothing. */
  removedFile: string | null
  files: number
  bytes: number
  /** Of which are read now. */
  readBytes: number
}

export const foldersPart = 'folders.tar'

/**
 * Compares what was found with the backup before, and shares out what has to be read among the parts. Both come in the order of the
 * tree, so nothing but the last of each is in memory; the result lies in files below `folder`.
 */
export async function planTree(
  input: {
    root: string
    found: AsyncIterable<Found>
    before: AsyncIterable<IndexEntry> | null
    streams: number
    folder: string
  },
  run: RunContext,
): Promise<Plan> {
  const at = (name: string) => path.join(input.folder, name)
  const entries = new LineFile(at('entries'))
  const removed = new LineFile(at('removed'))
  const parts = Array.from({ length: input.streams }, (_, index) => `files-${index + 1}.tar`)
  const lists = new Map([...parts, foldersPart].map((name) => [name, new LineFile(at(`${name}.list`))]))
  const totals = new Map(parts.map((name) => [name, 0]))
  const counts = { files: 0, bytes: 0, readBytes: 0 }
  const deal = ({ inode, names, size }: Found): string => {
    // All names of one file belong into one archive, which then has them as links.
    const chosen = names > 1 ? parts[hashOf(inode) % parts.length] : least(totals)
    totals.set(chosen ?? '', (totals.get(chosen ?? '') ?? 0) + size + 1_024)
    return chosen ?? ''
  }
  const take = async (found: Found, before: IndexEntry | null) => {
    if (found.type !== 'folder') counts.files += 1
    counts.bytes += found.size
    if (before && found.type !== 'folder' && isUnchanged(found, before)) {
      return entries.write(writeEntry({ ...before, back: before.back + 1 }))
    }
    if (found.type === 'file') await mayRead(input.root, found.path)
    const part = found.type === 'folder' ? foldersPart : deal(found)
    counts.readBytes += found.size
    await lists.get(part)?.write(nulEnded(found.path))
    return entries.write(writeEntry(awaited(found, part)))
  }

  const old = input.before?.[Symbol.asyncIterator]()
  let before = (await old?.next())?.value as IndexEntry | undefined
  let gone: TreePath | null = null
  const forget = async (entry: IndexEntry) => {
    // What lies in a folder that is gone goes with it.
    if (gone && isWithin(entry.path, gone)) return
    gone = entry.path
    await removed.write(nulEnded(entry.path))
  }
  const nextBefore = async () => (before = (await old?.next())?.value as IndexEntry | undefined)
  for await (const found of input.found) {
    run.signal.throwIfAborted()
    while (before && compareTreePaths(before.path, found.path) < 0) {
      await forget(before)
      await nextBefore()
    }
    const same = before && compareTreePaths(before.path, found.path) === 0 ? before : null
    if (same && same.type !== found.type) await forget(same)
    await take(found, same?.type === found.type ? same : null)
    if (same) await nextBefore()
  }
  while (before) {
    await forget(before)
    await nextBefore()
  }
  for (const file of [entries, removed, ...lists.values()]) await file.close()
  return {
    entriesFile: entries.path,
    parts: [...lists].flatMap(([name, list]) =>
      list.lines > 0 ? [{ name, listFile: list.path, bytes: totals.get(name) ?? 0, entries: list.lines }] : [],
    ),
    removedFile: removed.lines > 0 ? removed.path : null,
    ...counts,
  }
}

/** What tells that nobody has written to it: times of change cannot be set back. */
function isUnchanged(found: Found, { type, seen, mode, uid, gid }: IndexEntry): boolean {
  return (
    type === found.type &&
    seen.size === found.size &&
    seen.mtime === found.mtime &&
    seen.ctime === found.ctime &&
    seen.inode === found.inode &&
    mode === found.mode &&
    uid === found.uid &&
    gid === found.gid
  )
}

/** Before anything is read: a backup without what the worker may not read would look whole. */
async function mayRead(root: string, path: TreePath): Promise<void> {
  try {
    await access(place(root, path), constants.R_OK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw fileError(error, pathWords(path))
  }
}

const least = (totals: ReadonlyMap<string, number>) => [...totals].reduce((a, b) => (b[1] < a[1] ? b : a))[0]
const hashOf = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)

function awaited({ path, type, size, mtime, ctime, mode, uid, gid, inode }: Found, part: string): IndexEntry {
  const seen = { size, mtime, ctime, inode }
  return { path, type, size, mode, uid, gid, mtime, seen, back: 0, part, block: 0, sha256: null }
}
