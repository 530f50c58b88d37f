import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** A file that is written bit by bit; it counts what was written. */
export class LineFile {
  lines = 0
  private readonly out: WriteStream

  constructor(readonly path: string) {
    this.out = createWriteStream(path, { mode: 0o600 })
  }

  async write(line: string | Buffer): Promise<void> {
    this.lines += 1
    if (!this.out.write(line)) await once(this.out, 'drain')
  }

  async close(): Promise<void> {
    this.out.end()
    await finished(this.out)
  }
}
