import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { checkHeader, type IndexEntry, readEntry } from './entry'
import { compareTreePaths, isWithin, pathWords, type TreePath } from '../tree/tree-path'
import { linesOf } from '@/lib/process/lines'

/** The entries of a backup's index, in the order of the tree. Rejects with `object-damaged` when it is none, or cut off. */
export async function* readIndex(backup: ReadableBackup, run: RunContext): AsyncGenerator<IndexEntry> {
  const part = backup.manifest.parts.find(({ role }) => role === 'index')
  if (!part) throw damaged('it has none')
  yield* parseIndex(await backup.open(part, run))
}

export async function* parseIndex(stream: Readable): AsyncGenerator<IndexEntry> {
  const inTree = treeCheck()
  let header = true
  let ended = false
  try {
    for await (const line of linesOf(stream)) {
      if (ended) throw new SyntaxError('there is more behind its end')
      if (header) checkHeader(line)
      else if (line === endLine) ended = true
      else yield inTree(readEntry(line))
      header = false
    }
  } catch (error) {
    if (error instanceof HoldfastError || !isBadText(error)) throw error
    throw damaged(error.message, error)
  }
  if (!ended) throw damaged('its end is missing')
}

/**
 * Refuses what no walk through a tree finds: names that lead out of it, an order of its own, and entries in what is no folder,
 * such as a link.
 */
function treeCheck(): (entry: IndexEntry) => IndexEntry {
  let last: IndexEntry | null = null
  const folders: TreePath[] = []
  return (entry) => {
    const { path } = entry
    const names = path.toString('latin1').split('/')
    if (path.length > 0 && names.some((name) => ['', '.', '..'].includes(name) || name.includes('\0')))
      throw new SyntaxError(`${pathWords(path)} is no path below a folder`)
    if (last && compareTreePaths(last.path, path) >= 0) throw new SyntaxError(`${pathWords(path)} is out of order`)
    while (folders.length > 0 && !isWithin(path, folders.at(-1) ?? path)) folders.pop()
    const parent = Buffer.from(names.slice(0, -1).join('/'), 'latin1')
    if (path.length > 0 && folders.at(-1)?.equals(parent) !== true)
      throw new SyntaxError(`${pathWords(path)} lies in no folder of it`)
    if (entry.type === 'folder') folders.push(path)
    last = entry
    return entry
  }
}

/** The last line: an index that was cut off between two lines is seen by it. */
export const endLine = '{"end":true}'

const isBadText = (error: unknown): error is Error =>
  error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError')

const damaged = (what: string, cause?: unknown) =>
  new HoldfastError('object-damaged', `The index of the backup cannot be read: ${what}`, { cause })
