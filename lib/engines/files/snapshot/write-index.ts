import { createReadStream } from 'node:fs'
import type { RunContext } from '@/lib/ports/run-context'
import { type IndexEntry, indexHeader, readEntry, writeEntry } from '../index/entry'
import { linesOf } from '@/lib/process/lines'
import { endLine } from '../index/read-index'
import { isWithin, pathWords, tarName, type TreePath } from '../tree/tree-path'
import type { NamedEntry, StoredEntries } from './stored-entries'

/** Names in a warning; the rest are counted. */
const named = 20

interface IndexInput {
  root: string
  /** Entries in the order of the tree; those with `back` 0 were read now. */
  entriesFile: string
  stored: StoredEntries
  /** Resolves once every archive has ended. */
  ready: Promise<unknown>
  warn(text: string): void
}

/**
 * The index as it comes true: an entry that was read says what was stored, and one that vanished before it was read is left out,
 * a folder with everything in it. So every entry lies in a folder that the index has.
 * What changed between the look and the reading is told.
 */
export async function* writeIndex(input: IndexInput, run: RunContext): AsyncGenerator<string> {
  await input.ready
  yield `${JSON.stringify({ ...indexHeader, root: input.root })}\n`
  const parts = new Map<string, { next: NamedEntry | undefined; rest: AsyncGenerator<NamedEntry> }>()
  const links = new Map<string, IndexEntry>()
  const [changed, vanished] = [new Noted(), new Noted()]
  let lost: TreePath | null = null
  for await (const line of linesOf(createReadStream(input.entriesFile))) {
    run.signal.throwIfAborted()
    const entry = readEntry(line)
    const isLost: boolean = lost !== null && isWithin(entry.path, lost)
    if (entry.back > 0) {
      if (isLost) vanished.note(entry.path)
      else yield writeEntry(entry)
      continue
    }
    const part = parts.get(entry.part) ?? (await start(input.stored.read(entry.part)))
    parts.set(entry.part, part)
    const next = part.next && isNamed(part.next.name, entry.path) ? part.next : null
    if (next) part.next = (await part.rest.next()).value
    const first = next?.type === 'link' ? links.get(entry.seen.inode) : undefined
    const told = next && asStored(entry, next, first)
    // What was in a folder that is another thing by now lies nowhere, nor does a further name of it.
    if (!told || isLost || isNoFolderNow(entry, told) || (next?.type === 'link' && !first)) {
      if (entry.type === 'folder' && !isLost) lost = entry.path
      vanished.note(entry.path)
      continue
    }
    if (told.type === 'file' && !first) links.set(entry.seen.inode, told)
    if (isOther(entry, told)) changed.note(entry.path)
    yield writeEntry(told)
  }
  for (const { next } of parts.values()) {
    if (next) throw new SyntaxError(`tar stored ${pathWords(next.name)}, which it was not given`)
  }
  changed.tell('changed while it was read', 'changed while they were read', input.warn)
  vanished.tell('vanished before it was read', 'vanished before they were read', input.warn)
  yield `${endLine}\n`
}

async function start(rest: AsyncGenerator<NamedEntry>) {
  return { next: (await rest.next()).value, rest }
}

const isNamed = (name: Buffer, path: TreePath) =>
  name.equals(tarName(path)) || (path.length === 0 && name.equals(Buffer.from('.')))

const types: Record<string, IndexEntry['type']> = { directory: 'folder', symlink: 'link' }

function asStored(entry: IndexEntry, stored: NamedEntry, first: IndexEntry | undefined): IndexEntry {
  const { size, mtime, mode, uid, gid, sha256, target } = stored
  const { block, ...extent } = stored.extent
  const type = types[stored.type] ?? 'file'
  return {
    ...entry,
    ...{ type, mtime, mode, uid, gid, block, extent },
    sha256: first?.sha256 ?? sha256,
    size: first?.size ?? (type === 'file' ? size : 0),
    ...(type === 'link' && target !== null ? { target } : {}),
    ...(first
      ? { sameAs: first.path, ...(first.extent ? { sameAsAt: { block: first.block, ...first.extent } } : {}) }
      : {}),
  }
}

const isNoFolderNow = (found: IndexEntry, stored: IndexEntry) => found.type === 'folder' && stored.type !== 'folder'

/** A folder has another time with every file that comes and goes: that is no news. */
const isOther = (found: IndexEntry, stored: IndexEntry) =>
  found.type !== stored.type ||
  (found.type !== 'folder' && (found.mtime !== stored.mtime || found.size !== stored.size))

/** Paths that something is to be said of; only some are kept. */
class Noted {
  private count = 0
  private readonly some: string[] = []

  note(path: TreePath): void {
    this.count += 1
    if (this.some.length < named) this.some.push(pathWords(path))
  }

  tell(one: string, many: string, warn: (text: string) => void): void {
    if (this.count === 0) return
    const more = this.count > this.some.length ? ` and ${this.count - this.some.length} more` : ''
    warn(`${this.count === 1 ? `1 file ${one}` : `${this.count} files ${many}`}: ${this.some.join(', ')}${more}`)
  }
}
