import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { checkHeader, type IndexEntry, readEntry } from './entry'
import { linesOf } from './lines'

/** The entries of a backup's index, in the order of the tree. Rejects with `object-damaged` when it is none, or cut off. */
export async function* readIndex(backup: ReadableBackup, run: RunContext): AsyncGenerator<IndexEntry> {
  const part = backup.manifest.parts.find(({ role }) => role === 'index')
  if (!part) throw damaged('it has none')
  yield* parseIndex(await backup.open(part, run))
}

export async function* parseIndex(stream: Readable): AsyncGenerator<IndexEntry> {
  let header = true
  let ended = false
  try {
    for await (const line of linesOf(stream)) {
      if (ended) throw new SyntaxError('there is more behind its end')
      if (header) checkHeader(line)
      else if (line === endLine) ended = true
      else yield readEntry(line)
      header = false
    }
  } catch (error) {
    if (error instanceof HoldfastError || !isBadText(error)) throw error
    throw damaged(error.message, error)
  }
  if (!ended) throw damaged('its end is missing')
}

/** The last line: an index that was cut off between two lines is seen by it. */
export const endLine = '{"end":true}'

const isBadText = (error: unknown): error is Error =>
  error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError')

const damaged = (what: string, cause?: unknown) =>
  new HoldfastError('object-damaged', `The index of the backup cannot be read: ${what}`, { cause })
