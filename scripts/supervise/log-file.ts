import { createWriteStream, existsSync, renameSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'

const ROTATE_BYTES = 10 * 1024 * 1024
const KEPT_LINES = 40

/** One process's log: everything goes to the file, what matters also to the console. */
export interface LogFile {
  file: string
  /** Takes over the stream; `onLine` sees each line. */
  follow(stream: Readable, onLine?: (line: string) => void): void
  /** The last lines, to say why a process ended. */
  tail(): string[]
  close(): Promise<void>
}

/** Appends; a file above 10 MB is put aside as `.1` first (at starts, which is when this is called). */
export function openLogFile(file: string): LogFile {
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`)
  const out = createWriteStream(file, { flags: 'a', mode: 0o600 })
  // A log that cannot be written (full disk) must not end what it reports on.
  out.on('error', () => undefined)
  const kept: string[] = []
  return {
    file,
    follow(stream, onLine) {
      createInterface({ input: stream }).on('line', (line) => {
        kept.push(line)
        if (kept.length > KEPT_LINES) kept.shift()
        out.write(`${line}\n`)
        onLine?.(line)
      })
    },
    tail: () => [...kept],
    close: () => new Promise((resolve) => out.end(() => resolve())),
  }
}
