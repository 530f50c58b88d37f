import { access, constants } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import type { RunContext } from '@/lib/ports/run-context'
import { type IndexEntry, readEntry } from '../index/entry'
import { LineFile } from '../index/line-file'
import { linesOf } from '@/lib/process/lines'
import { fileError } from '../classify-error'
import { type Found, place } from '../tree/scan'
import { type Awaited, type Share, Shares } from './shares'
import { compareTreePaths, isWithin, nulEnded, pathWords, type TreePath } from '../tree/tree-path'

export interface Plan {
  /** Entries in the order of the tree, as the index has them; of those that are read now (`back` 0) what is stored is not known yet. */
  entriesFile: string
  parts: Share[]
  /** What the parent has and this one has not, each path behind a NUL; null: there is nothing. */
  removedFile: string | null
  files: number
  bytes: number
}

/**
 * Compares what was found with the backup before, and shares out what has to be read among the parts. Both come in the order of the
 * tree, so nothing but the last of each and the files with several names is in memory; the result lies in files below `folder`.
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
  const { root, streams, folder } = input
  const removed = new LineFile(path.join(folder, 'removed'))
  const shares = new Shares((name) => path.join(folder, name), streams)
  const links = new Links()
  const counts = { files: 0, bytes: 0 }
  const take = async (found: Found, before: IndexEntry | null) => {
    if (found.type !== 'folder') counts.files += 1
    counts.bytes += found.size
    const kept = before && found.type !== 'folder' && isUnchanged(found, before) ? before : null
    if (found.names > 1) links.note(found, kept)
    if (kept) return shares.keep({ ...kept, back: kept.back + 1 })
    if (found.type === 'file') await mayRead(root, found.path)
    return shares.read(awaited(found), found.names > 1)
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
  await removed.close()
  const first = await shares.close()
  const shared = links.areTorn() ? await readTogether({ root, streams, folder, links }, first.entriesFile, run) : first
  return { ...shared, removedFile: removed.lines > 0 ? removed.path : null, ...counts }
}

/** Files with several names. Their content lies under one of them, so either all are read now or none is. */
class Links {
  private readonly all = new Set<string>()
  /** One of its names is read now, or the one with its content is there no more. */
  private readonly read = new Set<string>()
  private readonly kept = new Set<string>()
  private readonly keptPaths = new Set<string>()

  note({ path: name, inode }: Found, kept: IndexEntry | null): void {
    this.all.add(inode)
    if (!kept || (kept.sameAs && !this.keptPaths.has(kept.sameAs.toString('latin1')))) this.read.add(inode)
    if (!kept) return
    this.kept.add(inode)
    this.keptPaths.add(name.toString('latin1'))
  }

  areTorn = (): boolean => [...this.kept].some((inode) => this.read.has(inode))
  hasNames = (inode: string): boolean => this.all.has(inode)
  isRead = (inode: string): boolean => this.read.has(inode)
}

/** The same plan, with every name of a file read of which one is. */
async function readTogether(
  { root, streams, folder, links }: { root: string; streams: number; folder: string; links: Links },
  entriesFile: string,
  run: RunContext,
): Promise<Pick<Plan, 'entriesFile' | 'parts'>> {
  const shares = new Shares((name) => path.join(folder, `together-${name}`), streams)
  for await (const line of linesOf(createReadStream(entriesFile))) {
    run.signal.throwIfAborted()
    const entry = readEntry(line)
    const hasNames = links.hasNames(entry.seen.inode)
    if (entry.back > 0 && !(entry.type === 'file' && hasNames && links.isRead(entry.seen.inode))) {
      await shares.keep(entry)
      continue
    }
    if (entry.type === 'file') await mayRead(root, entry.path)
    await shares.read(entry, hasNames)
  }
  return shares.close()
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

function awaited({ path, type, size, mtime, ctime, mode, uid, gid, inode }: Found): Awaited {
  return { path, type, mode, uid, gid, seen: { size, mtime, ctime, inode } }
}
