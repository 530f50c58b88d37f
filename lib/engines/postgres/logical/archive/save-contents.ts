import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { damaged } from './archive-error'
import type { TocEntry } from './archive-format'
import { encodingIn } from '@/lib/engines/postgres/connect/decode-text'
import { TocReader } from './read-toc'

/** What a restore wants to know of an archive before it begins. */
export interface Contents {
  /** Holds the archive up to the end of its table of contents: all that pg_restore needs for the schema. */
  file: string
  entries: TocEntry[]
  /** Of the database that it came from. */
  encoding: string
  owners: string[]
  extensions: string[]
}

/** Reads the archive up to the end of its table of contents into a file, then lets it go. */
export async function saveContents(archive: Readable, file: string, run: RunContext): Promise<Contents> {
  const entries: TocEntry[] = []
  let complete = false
  const reader = new TocReader({ onHeader: () => undefined, onEntry: (entry) => void entries.push(entry) })
  async function* prefix(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      const end = reader.push(chunk)
      yield end < 0 ? chunk : chunk.subarray(0, end)
      if (end < 0) continue
      complete = true
      return
    }
  }
  try {
    await pipeline(archive, prefix, createWriteStream(file, { mode: 0o600 }), { signal: run.signal })
  } finally {
    archive.destroy()
  }
  if (!complete) throw damaged('it ends inside its table of contents')
  return {
    file,
    entries,
    encoding: encodingIn(entries.find((entry) => entry.type === 'ENCODING')?.definition ?? ''),
    owners: [...new Set(entries.filter(hasOwner).map((entry) => entry.owner))],
    extensions: entries.filter((entry) => entry.type === 'EXTENSION').map((entry) => entry.name),
  }
}

function hasOwner(entry: TocEntry): boolean {
  return entry.owner !== '' && !entry.type.startsWith('DATABASE')
}
