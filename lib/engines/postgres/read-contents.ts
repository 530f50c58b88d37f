import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { damaged } from './archive/archive-error'
import { TocReader } from './archive/read-toc'

/** What a restore wants to know of the table of contents before it begins. */
export interface Contents {
  owners: string[]
  extensions: string[]
  databaseProperties: boolean
}

/** Reads the archive up to the end of its table of contents, then lets it go. */
export async function readContents(archive: Readable, run: RunContext): Promise<Contents> {
  const owners = new Set<string>()
  const extensions: string[] = []
  let databaseProperties = false
  let complete = false
  const reader = new TocReader({
    onHeader: () => undefined,
    onEntry: (entry) => {
      if (entry.owner && !entry.type.startsWith('DATABASE')) owners.add(entry.owner)
      if (entry.type === 'EXTENSION') extensions.push(entry.name)
      if (entry.type === 'DATABASE PROPERTIES') databaseProperties = true
    },
  })
  await pipeline(
    archive,
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (reader.push(chunk) >= 0) {
          complete = true
          return
        }
      }
    },
    { signal: run.signal },
  ).catch((error: unknown) => {
    run.signal.throwIfAborted()
    // Leaving before the end is what was wanted.
    if (!complete) throw error
  })
  archive.destroy()
  if (!complete) throw damaged('it ends inside its table of contents')
  return { owners: [...owners], extensions, databaseProperties }
}
