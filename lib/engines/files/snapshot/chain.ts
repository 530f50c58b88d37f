import path from 'node:path'
import type { Readable } from 'node:stream'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { plainFile } from '@/lib/core/repository/paths'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { type IndexEntry, writeEntry } from '../index/entry'
import { LineFile } from '../index/line-file'
import { readIndex } from '../index/read-index'
import { blockBytes } from '@/lib/core/tar/tar-header'
import { isWithin, nulEnded, type TreePath } from '../tree/tree-path'

/** One archive that something is taken from. */
export interface Wanted {
  backup: ReadableBackup
  part: ManifestPart
  /** Names to take, each behind a NUL. */
  listFile: string
  /** The same as lines of an index, but for `linked`. */
  entriesFile: string
  /** Files that are taken because another name of them is wanted. */
  linked: IndexEntry[]
  /** All of it; null: the index does not say. */
  bytes: number | null
  /** The archive, or as much of it as is needed. */
  open: (run: RunContext) => Promise<Readable>
}

interface List extends Wanted {
  names: LineFile
  told: LineFile
}

/** What a tree is put together from. */
export interface Gathered {
  /** Archives with files, then the one with folders. */
  archives: Wanted[]
  /** Names of files that are taken only because another name of the same file is wanted. */
  extra: TreePath[]
  files: number
  folders: number
  bytes: number
}

/**
 * Reads the index of a backup and tells what is needed of which archive of its chain: as lists below `folder`. `onEntry` sees every
 * entry that is wanted. Throws `object-damaged` when the chain is not the one that the index counts on.
 */
export async function gather(
  input: {
    backup: ReadableBackup
    before: readonly ReadableBackup[]
    only: readonly TreePath[] | null
    folder: string
    onEntry?: (entry: IndexEntry) => Promise<void>
  },
  run: RunContext,
): Promise<Gathered> {
  const chain = [...input.before, input.backup]
  checkChain(chain)
  const lists = new Map<string, List>()
  const [extra, taken] = [new Map<string, TreePath>(), new Set<string>()]
  const total = { files: 0, folders: 0, bytes: 0 }
  const take = async (entry: IndexEntry) => {
    const key = `${entry.back}/${entry.part}`
    const list = lists.get(key) ?? open(chain, entry, path.join(input.folder, `${entry.back}-${entry.part}.list`))
    lists.set(key, list)
    await list.names.write(nulEnded(entry.path))
    list.bytes = list.bytes === null || !entry.extent ? null : list.bytes + entry.extent.blocks * blockBytes
    return list
  }
  const takeWanted = async (entry: IndexEntry) => {
    const { told } = await take(entry)
    await told.write(writeEntry(entry))
  }
  const takeLinked = async (entry: IndexEntry) => {
    const { linked } = await take(entry)
    linked.push(entry)
  }
  for await (const entry of readIndex(input.backup, run)) {
    run.signal.throwIfAborted()
    if (!isWanted(entry, input.only)) continue
    await input.onEntry?.(entry)
    if (entry.type === 'folder') total.folders += 1
    else total.files += 1
    total.bytes += entry.size
    await takeWanted(entry)
    if (input.only === null) continue
    taken.add(entry.path.toString('latin1'))
    // Another name of a file is a link to the first, which has to be there to be linked to.
    if (entry.sameAs && !taken.has(entry.sameAs.toString('latin1'))) {
      const first = entry.sameAs.toString('latin1')
      if (!extra.has(first)) await takeLinked(linkedBy(entry, entry.sameAs))
      extra.set(first, entry.sameAs)
    }
  }
  for (const { names, told } of lists.values()) await Promise.all([names.close(), told.close()])
  const archives = [...lists.values()].sort(
    (a, b) => Number(a.part.role === 'folders') - Number(b.part.role === 'folders'),
  )
  return { archives, extra: [...extra].flatMap(([name, one]) => (taken.has(name) ? [] : [one])), ...total }
}

/** The file that an entry is another name of: all that is known of it is where it lies, and what is in it. */
const linkedBy = ({ sameAs: _, sameAsAt, ...entry }: IndexEntry, path: TreePath): IndexEntry => {
  if (!sameAsAt) return { ...entry, path, extent: undefined }
  const { block, ...extent } = sameAsAt
  return { ...entry, path, block, extent }
}

/** A folder on the way to what is wanted comes with it, so that it has its own rights. */
const isWanted = (entry: IndexEntry, only: readonly TreePath[] | null) =>
  only === null ||
  only.some((one) => isWithin(entry.path, one) || (entry.type === 'folder' && isWithin(one, entry.path)))

function open(
  chain: readonly ReadableBackup[],
  { back, part: name }: Pick<IndexEntry, 'back' | 'part'>,
  listFile: string,
): List {
  const backup = chain[chain.length - 1 - back]
  const part = backup?.manifest.parts.find(({ file }) => plainFile(file) === name)
  if (!backup || !part) throw broken(`it counts on ${name}, ${back} backups back, which is not there`)
  const entriesFile = `${listFile}.entries`
  return {
    ...{ backup, part, listFile, entriesFile, linked: [], bytes: 0 },
    ...{ names: new LineFile(listFile), told: new LineFile(entriesFile) },
    open: (run) => backup.open(part, run),
  }
}

function checkChain(chain: readonly ReadableBackup[]): void {
  for (const [index, { manifest }] of chain.entries()) {
    const parent = chain[index - 1]?.manifest.backupId ?? null
    if ((manifest.chain?.parent ?? null) !== parent)
      throw broken('the backups that it builds on are not those that were given')
  }
}

const broken = (what: string) =>
  new HoldfastError('object-damaged', `The chain of the backup is broken: ${what}.`, {
    remedy: 'Restore an older backup, and take a full one.',
  })
