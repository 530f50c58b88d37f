import { createReadStream, createWriteStream } from 'node:fs'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { linesOf } from '@/lib/process/lines'
import { unquoteTarName } from '../tree/tree-path'
import type { Stored } from './observe-tar'

/** What tar stored under one name, and where. */
export interface NamedEntry extends Stored {
  /** As tar was given it: `./a/b`. */
  name: Buffer
}

/** What tar stored, part by part and in its order: its own list of names beside what was seen in the archive. Kept in files. */
export class StoredEntries {
  constructor(private readonly folder: string) {}

  /** Where the names of a part go, and what hears of its entries; `close` once the archive has ended. */
  open(part: string): { namesFile: string; onEntry(stored: Stored): void; close(): Promise<void> } {
    const out = createWriteStream(this.entriesFile(part), { mode: 0o600 })
    return {
      namesFile: this.namesFile(part),
      onEntry: (stored) => {
        out.write(
          `${JSON.stringify(stored, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`,
        )
      },
      close: async () => {
        out.end()
        await finished(out)
      },
    }
  }

  async *read(part: string): AsyncGenerator<NamedEntry> {
    const entries = linesOf(createReadStream(this.entriesFile(part)))
    for await (const line of linesOf(createReadStream(this.namesFile(part)))) {
      // A further name of a file is told with the first: `"./b" link to "./a"` is said only with more detail than we ask for.
      const match = /^block (\d+): (".*")$/.exec(line)
      if (!match?.[2]) {
        if (/^block \d+: \*\* Block of NULs \*\*$/.test(line)) continue
        throw new SyntaxError(`tar tells something else than a name: ${line}`)
      }
      const next = await entries.next()
      if (next.done) throw new SyntaxError('tar tells more names than it stored')
      const { mtime, ...stored }: Omit<Stored, 'mtime'> & { mtime: string } = JSON.parse(next.value)
      // A folder is told with a slash at its end.
      const name = unquoteTarName(match[2])
      if (stored.extent.block !== Number(match[1]))
        throw new SyntaxError(`tar lists block ${match[1]}, and the archive has block ${stored.extent.block} there`)
      yield {
        ...stored,
        mtime: BigInt(mtime),
        name: name.at(-1) === 0x2f ? name.subarray(0, -1) : name,
      }
    }
    if (!(await entries.next()).done) throw new SyntaxError('tar stored more than it tells')
  }

  private readonly namesFile = (part: string) => path.join(this.folder, `${part}.names`)
  private readonly entriesFile = (part: string) => path.join(this.folder, `${part}.entries`)
}
