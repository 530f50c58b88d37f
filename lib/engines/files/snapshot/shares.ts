import { type IndexEntry, writeEntry } from '../index/entry'
import { LineFile } from '../index/line-file'
import { nulEnded } from '../tree/tree-path'

export const foldersPart = 'folders.tar'

/** What is known of an entry before it is read. */
export type Awaited = Pick<IndexEntry, 'path' | 'type' | 'mode' | 'uid' | 'gid' | 'seen'>

/** A part of a backup to be: the names that tar reads into it. */
export interface Share {
  name: string
  listFile: string
  bytes: number
}

/**
 * What is read, shared out among the parts, and the index as it is known before the reading. Entries come in the order of the tree,
 * and nothing of them is in memory.
 */
export class Shares {
  private readonly entries: LineFile
  private readonly lists: Map<string, LineFile>
  private readonly bytes: Map<string, number>
  private readonly streams: string[]

  constructor(at: (name: string) => string, streams: number) {
    this.entries = new LineFile(at('entries'))
    this.streams = Array.from({ length: streams }, (_, index) => `files-${index + 1}.tar`)
    this.lists = new Map([...this.streams, foldersPart].map((name) => [name, new LineFile(at(`${name}.list`))]))
    this.bytes = new Map(this.streams.map((name) => [name, 0]))
  }

  /** As it lies in a backup before. */
  async keep(entry: IndexEntry): Promise<void> {
    await this.entries.write(writeEntry(entry))
  }

  /** Is read now. All names of one file belong into one archive, which then has them as links. */
  async read({ path, type, mode, uid, gid, seen }: Awaited, hasNames: boolean): Promise<void> {
    const part = type === 'folder' ? foldersPart : this.streamFor(hasNames ? seen.inode : null, seen.size)
    await this.lists.get(part)?.write(nulEnded(path))
    const { size, mtime } = seen
    const asFound = { path, type, size, mode, uid, gid, mtime, seen }
    await this.entries.write(writeEntry({ ...asFound, back: 0, part, block: 0, sha256: null }))
  }

  async close(): Promise<{ entriesFile: string; parts: Share[] }> {
    for (const file of [this.entries, ...this.lists.values()]) await file.close()
    const parts = [...this.lists].flatMap(([name, { lines, path: listFile }]) =>
      lines > 0 ? [{ name, listFile, bytes: this.bytes.get(name) ?? 0 }] : [],
    )
    return { entriesFile: this.entries.path, parts }
  }

  private streamFor(inode: string | null, size: number): string {
    const least = [...this.bytes].reduce((a, b) => (b[1] < a[1] ? b : a))[0]
    const chosen = inode === null ? least : (this.streams[hashOf(inode) % this.streams.length] ?? least)
    this.bytes.set(chosen, (this.bytes.get(chosen) ?? 0) + size + 1_024)
    return chosen
  }
}

const hashOf = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)
